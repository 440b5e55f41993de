SELECT name FROM atlas ORDER BY name
