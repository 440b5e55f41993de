-- Tables, indexes and views with the SQL that made them.
-- column name: text never NULL
-- column type: text never NULL
-- column sql: text never NULL
SELECT name, type, coalesce(sql, '') AS sql FROM sqlite_schema
