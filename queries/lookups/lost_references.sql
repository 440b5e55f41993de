-- Rows that refer to rows which are not there.
-- column child: text never NULL
-- column row: integer
-- column parent: text never NULL
SELECT "table" AS child, rowid AS row, parent FROM pragma_foreign_key_check
