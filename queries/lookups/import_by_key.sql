-- The import of a key and whether it stands.
-- parameter key: text
SELECT activity_id, state FROM activity WHERE activity_key = :key
