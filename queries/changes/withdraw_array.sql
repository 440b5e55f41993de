-- An imported array that goes with its subject.
-- parameter array: integer
DELETE FROM stored_array WHERE array_id = :array
