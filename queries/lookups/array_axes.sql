-- The axes of one array as the catalog has them.
-- parameter array: integer
SELECT position, name, length, units, first, step, labels FROM array_axis WHERE array_id = :array ORDER BY position
