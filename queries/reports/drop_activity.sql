-- An activity with everything that hangs on it.
DELETE FROM activity WHERE activity_id = :activity
