-- The hashes of an activity's rows are made anew; those of rows that were withheld stay.
-- parameter activity: integer
DELETE FROM row_digest
WHERE activity_id = :activity AND object IN (SELECT name FROM sqlite_schema WHERE type = 'table')
