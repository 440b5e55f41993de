-- Activities whose rows have not been hashed yet.
SELECT activity_id FROM activity WHERE rows_sha256 IS NULL ORDER BY activity_id
