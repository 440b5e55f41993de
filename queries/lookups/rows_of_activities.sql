-- How many rows of results activities have, table by table, as they were hashed.
-- parameter keys: text
-- column rows: integer never NULL
SELECT d.object, sum(d.row_count) AS rows
FROM row_digest d
JOIN schema_doc t ON t.object = d.object AND t.column_name = '' AND t.tier = 'result'
WHERE d.activity_id IN (SELECT value FROM json_each(:keys))
GROUP BY d.object
ORDER BY d.object
