-- The imported atlases.
SELECT name FROM atlas ORDER BY name
