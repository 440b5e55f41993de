-- Hashes of rows that an archive's catalog does not hold, and of rows that stand in their places.
-- column object: text never NULL
-- column activity_key: text
SELECT d.object, v.activity_key, d.sha256, d.row_hashes
FROM row_digest d LEFT JOIN activity v ON v.activity_id = d.activity_id
WHERE d.object NOT IN (SELECT name FROM sqlite_schema WHERE type = 'table')
ORDER BY v.activity_key, d.object
