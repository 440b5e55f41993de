-- The columns of every table, in their order.
-- column object: text never NULL
-- column column: text never NULL
-- column type: text never NULL
-- column key_position: integer never NULL
SELECT t.name AS object, c.name AS column, c.type, c.pk AS key_position
FROM sqlite_schema t, pragma_table_info(t.name) c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'
ORDER BY t.rowid, c.cid
