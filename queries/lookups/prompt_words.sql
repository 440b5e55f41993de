-- Tables, views and their columns.
-- column word: text never NULL
SELECT DISTINCT object AS word FROM schema_doc WHERE NOT (object = 'views' AND tier = 'view')
UNION
SELECT column_name FROM schema_doc WHERE column_name <> ''
ORDER BY word
