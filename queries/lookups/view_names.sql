-- Views that are installed.
-- column name: text never NULL
SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name
