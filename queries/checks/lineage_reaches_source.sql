-- level 3: the ancestry of every array, model and result ends in sources
WITH RECURSIVE
grounded(artifact_id) AS (
  SELECT artifact_id FROM artifact WHERE kind = 'source'
  UNION
  SELECT g.artifact_id
  FROM grounded d
  JOIN used s ON s.artifact_id = d.artifact_id
  JOIN generated g ON g.activity_id = s.activity_id
)
SELECT a.kind || ' ' || a.name AS object, 'its ancestry does not reach a source' AS problem
FROM artifact a
WHERE a.kind <> 'source' AND a.artifact_id NOT IN (SELECT artifact_id FROM grounded)
