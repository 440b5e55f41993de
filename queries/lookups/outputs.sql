-- What an activity made.
-- parameter activity: integer
SELECT a.artifact_id, a.kind, a.name, a.sha256, a.bytes, u.label
FROM generated g
JOIN artifact a ON a.artifact_id = g.artifact_id
LEFT JOIN unit u ON a.kind = 'result' AND u.unit_key = a.name
WHERE g.activity_id = :activity
ORDER BY a.kind, a.name
