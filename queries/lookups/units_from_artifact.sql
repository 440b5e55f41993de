-- Units whose results descend from an artifact.
-- parameter artifact: integer
-- column activity_id: integer never NULL
-- column unit_key: text never NULL
-- column label: text never NULL
WITH RECURSIVE lost(artifact_id) AS (
  SELECT :artifact
  UNION
  SELECT g.artifact_id
  FROM lost l
  JOIN used s ON s.artifact_id = l.artifact_id
  JOIN activity v ON v.activity_id = s.activity_id AND v.kind <> 'import'
  JOIN generated g ON g.activity_id = s.activity_id
)
SELECT DISTINCT v.activity_id, v.activity_key AS unit_key, coalesce(n.label, v.verb) AS label
FROM lost l
JOIN used s ON s.artifact_id = l.artifact_id
JOIN activity v ON v.activity_id = s.activity_id AND v.kind <> 'import'
LEFT JOIN unit n ON n.unit_key = v.activity_key
ORDER BY v.activity_id
