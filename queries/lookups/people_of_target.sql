-- Raters or subjects whose series or recordings a unit's target descends from.
-- parameter key: text
-- column dataset: text never NULL
-- column name: text never NULL
WITH RECURSIVE ancestor(artifact_id) AS (
  SELECT s.artifact_id FROM activity v
  JOIN used s ON s.activity_id = v.activity_id AND s.role = 'target'
  WHERE v.activity_key = :key
  UNION
  SELECT s.artifact_id FROM ancestor a
  JOIN generated g ON g.artifact_id = a.artifact_id
  JOIN activity v ON v.activity_id = g.activity_id AND v.kind = 'unit'
  JOIN used s ON s.activity_id = v.activity_id
)
SELECT DISTINCT r.dataset, coalesce(r.rater, r.subject) AS name
FROM ancestor a
JOIN stored_array r ON r.artifact_id = a.artifact_id
WHERE r.dataset IS NOT NULL AND coalesce(r.rater, r.subject) IS NOT NULL
ORDER BY 1, 2
