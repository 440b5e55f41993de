-- The activity that computed a unit.
-- parameter key: text
SELECT activity_id, environment_id FROM activity WHERE activity_key = :key
