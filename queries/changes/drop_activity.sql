-- An activity with everything that hangs on it.
-- parameter activity: integer
DELETE FROM activity WHERE activity_id = :activity
