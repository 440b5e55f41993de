-- One activity.
-- parameter activity: integer
SELECT kind, verb, activity_key, options, dataset, state, environment_id, started_at FROM activity WHERE activity_id = :activity
