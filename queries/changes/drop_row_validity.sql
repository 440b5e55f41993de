-- The rows of an activity that may be reported are counted anew.
-- parameter activity: integer
DELETE FROM row_validity WHERE activity_id = :activity
