-- An activity says otherwise what shaped it.
-- parameter activity: integer
-- parameter options: text
UPDATE activity SET options = :options WHERE activity_id = :activity
