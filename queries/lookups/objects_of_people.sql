-- Tables and views with columns that say the person that a row is of.
-- column object: text never NULL
SELECT DISTINCT t.name AS object
FROM sqlite_schema t, pragma_table_info(t.name) c
WHERE t.type IN ('table', 'view') AND c.name IN ('subject', 'rater')
ORDER BY object
