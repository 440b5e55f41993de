-- The rows of an activity are hashed anew.
-- parameter activity: integer
UPDATE activity SET rows_sha256 = NULL WHERE activity_id = :activity
