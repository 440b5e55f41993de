-- The hashes of an activity's rows, of the rows that nobody owns where it is NULL.
-- parameter activity: integer or NULL
SELECT object, row_count, sha256, column_sums, row_hashes
FROM row_digest
WHERE activity_id IS :activity
ORDER BY object
