-- Tables and views with columns that say the person that a row is of.
-- column object: text never NULL
-- column person_column: text never NULL
-- column has_unit: integer never NULL
SELECT t.name AS object, c.name AS person_column,
  EXISTS (SELECT 1 FROM pragma_table_info(t.name) k WHERE k.name = 'unit_key') AS has_unit
FROM sqlite_schema t, pragma_table_info(t.name) c
WHERE t.type IN ('table', 'view') AND c.name IN ('subject', 'rater')
ORDER BY object, person_column
