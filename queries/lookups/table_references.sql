-- The references of every table, and what becomes of a row when the row it refers to goes.
-- column object: text never NULL
-- column column: text never NULL
-- column target: text never NULL
-- column on_delete: text never NULL
SELECT t.name AS object, r."from" AS column, r."table" AS target, r.on_delete
FROM sqlite_schema t, pragma_foreign_key_list(t.name) r, pragma_table_info(t.name) c
WHERE t.type = 'table' AND c.name = r."from"
ORDER BY t.rowid, c.cid
