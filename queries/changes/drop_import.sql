-- An import that is entered again leaves nothing of the attempt before.
-- parameter key: text
DELETE FROM activity WHERE activity_key = :key
