SELECT activity_id, environment_id FROM activity WHERE activity_key = :key
