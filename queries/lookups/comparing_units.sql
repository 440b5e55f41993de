-- Units that read what some units computed.
-- parameter keys: text
-- column unit_key: text never NULL
SELECT DISTINCT c.activity_key AS unit_key
FROM activity v
JOIN generated g ON g.activity_id = v.activity_id
JOIN used s ON s.artifact_id = g.artifact_id
JOIN activity c ON c.activity_id = s.activity_id AND c.kind = 'unit'
WHERE v.activity_key IN (SELECT value FROM json_each(:keys))
ORDER BY c.activity_key
