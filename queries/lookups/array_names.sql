-- Names of all arrays.
SELECT name FROM stored_array ORDER BY name
