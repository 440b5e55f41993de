-- Columns of a table; pk counts those of its primary key from 1, 0: none.
-- parameter name: text
-- column name: text never NULL
-- column pk: integer never NULL
SELECT name, pk FROM pragma_table_info(:name) ORDER BY cid
