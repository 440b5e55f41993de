-- Units whose results descend from what an import made, or from source bytes that only this import brought.
-- parameter import: integer
-- column activity_id: integer never NULL
-- column unit_key: text never NULL
-- column step: text never NULL
-- column label: text never NULL
WITH RECURSIVE
lost(artifact_id) AS (
  SELECT artifact_id FROM generated WHERE activity_id = :import
  UNION
  SELECT s.artifact_id FROM used s
  JOIN artifact a ON a.artifact_id = s.artifact_id AND a.kind = 'source'
  WHERE s.activity_id = :import AND NOT EXISTS (
    SELECT 1 FROM used o JOIN activity v ON v.activity_id = o.activity_id
    WHERE o.artifact_id = s.artifact_id AND v.activity_id <> :import AND v.kind = 'import' AND v.state = 'done')
  UNION
  SELECT g.artifact_id
  FROM lost l
  JOIN used s ON s.artifact_id = l.artifact_id
  JOIN activity v ON v.activity_id = s.activity_id AND v.kind <> 'import'
  JOIN generated g ON g.activity_id = s.activity_id
)
SELECT DISTINCT v.activity_id, v.activity_key AS unit_key, v.verb AS step, coalesce(n.label, v.verb) AS label
FROM lost l
JOIN used s ON s.artifact_id = l.artifact_id
JOIN activity v ON v.activity_id = s.activity_id AND v.kind <> 'import'
LEFT JOIN unit n ON n.unit_key = v.activity_key
ORDER BY v.activity_id
