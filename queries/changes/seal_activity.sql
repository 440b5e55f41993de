-- The rows of an activity hash to this.
-- parameter rows_sha256: text
-- parameter activity: integer
UPDATE activity SET rows_sha256 = :rows_sha256 WHERE activity_id = :activity
