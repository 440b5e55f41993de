-- Columns that are left out of the hashes of rows, and why.
SELECT object, column_name AS column, exempt, description
FROM schema_doc
WHERE exempt IS NOT NULL
ORDER BY object, column_name
