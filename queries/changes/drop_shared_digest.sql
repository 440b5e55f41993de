-- The hashes of the rows of a table that nobody owns are made anew.
-- parameter object: text
DELETE FROM row_digest WHERE activity_id IS NULL AND object = :object
