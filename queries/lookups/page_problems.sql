-- What SQLite finds wrong with pages and indexes; ok where there is nothing.
-- column problem: text never NULL
SELECT integrity_check AS problem FROM pragma_integrity_check
