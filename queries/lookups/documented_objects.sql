-- Every table and view with its tier and one-line description.
SELECT object, tier, description
FROM schema_doc
WHERE column_name = '' AND NOT (object = 'views' AND tier = 'view')
ORDER BY tier, object
