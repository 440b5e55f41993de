-- Names of the columns of all tables and views.
-- column name: text never NULL
SELECT DISTINCT c.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type IN ('table', 'view') ORDER BY c.name
