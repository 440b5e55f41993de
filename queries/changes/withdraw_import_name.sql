-- An import whose options named somebody who withdrew says otherwise what shaped it, and has the key of that.
-- parameter activity: integer
-- parameter options: text
-- parameter key: text
UPDATE activity SET options = :options, activity_key = :key WHERE activity_id = :activity
