-- What was done with an artifact and with what was made of it: imports and units, the earliest first.
-- parameter artifact: integer
-- column activity_id: integer never NULL
-- column kind: text never NULL
-- column verb: text never NULL
-- column activity_key: text never NULL
-- column arrays: integer never NULL
WITH RECURSIVE below(artifact_id) AS (
  SELECT :artifact
  UNION
  SELECT g.artifact_id
  FROM below b
  JOIN used s ON s.artifact_id = b.artifact_id
  JOIN generated g ON g.activity_id = s.activity_id
)
SELECT DISTINCT v.activity_id, v.kind, v.verb, v.activity_key, u.label, u.version,
  (SELECT count(*) FROM stored_array r WHERE r.activity_id = v.activity_id) AS arrays
FROM below b
JOIN used s ON s.artifact_id = b.artifact_id
JOIN activity v ON v.activity_id = s.activity_id AND v.state = 'done'
LEFT JOIN unit u ON u.unit_key = v.activity_key
ORDER BY v.activity_id
