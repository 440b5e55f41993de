-- The hashes of an activity's rows are made anew.
-- parameter activity: integer
DELETE FROM row_digest WHERE activity_id = :activity
