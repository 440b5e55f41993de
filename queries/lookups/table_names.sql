-- Every table.
-- column name: text never NULL
SELECT name
FROM sqlite_schema
WHERE type = 'table'
ORDER BY name
