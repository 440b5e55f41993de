SELECT activity_id, state FROM activity WHERE activity_key = :key
