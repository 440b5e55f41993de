-- What is recorded of rows that are not in the catalog, or stand in the place of such, is recorded anew.
-- parameter activity: integer or NULL
-- parameter object: text
DELETE FROM row_digest WHERE activity_id IS :activity AND object = :object
