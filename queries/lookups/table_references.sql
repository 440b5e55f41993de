-- Columns of a table that refer to another table's column; its primary key where none is named.
-- parameter name: text
-- column child: text never NULL
-- column parent: text never NULL
-- column parent_column: text
SELECT "from" AS child, "table" AS parent, "to" AS parent_column FROM pragma_foreign_key_list(:name) ORDER BY id, seq
