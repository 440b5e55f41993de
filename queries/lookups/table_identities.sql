-- The columns by which a table knows its rows besides their number.
-- column object: text never NULL
-- column column: text never NULL
SELECT t.name AS object, c.name AS column
FROM sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
WHERE t.type = 'table' AND i.origin = 'u'
ORDER BY t.rowid, i.seq, c.seqno
