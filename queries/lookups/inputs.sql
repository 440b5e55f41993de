-- What an activity read.
-- parameter activity: integer
SELECT a.artifact_id, a.kind, a.name, a.sha256, a.bytes, s.role, u.label
FROM used s
JOIN artifact a ON a.artifact_id = s.artifact_id
LEFT JOIN unit u ON a.kind = 'result' AND u.unit_key = a.name
WHERE s.activity_id = :activity
ORDER BY s.role, a.kind, a.name
