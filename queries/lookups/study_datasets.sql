-- The datasets.
SELECT name FROM dataset ORDER BY name
