-- How many rows of an activity may be reported, as it was counted when they were hashed.
-- parameter activity: integer
SELECT object, quantity, valid, flags, row_count
FROM row_validity
WHERE activity_id = :activity
ORDER BY object, quantity, valid, flags
