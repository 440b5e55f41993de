-- Folders in which imports were given or models lie.
-- column folder: text never NULL
SELECT folder FROM import_command
UNION
SELECT folder FROM model
ORDER BY folder
