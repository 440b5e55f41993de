-- The key of the array of a name.
-- parameter name: text
SELECT array_id FROM stored_array WHERE name = :name
