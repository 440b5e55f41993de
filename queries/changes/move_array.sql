-- Where an array lies after its file was written anew.
-- parameter file: text
-- parameter array: integer
UPDATE stored_array SET file = :file WHERE array_id = :array
