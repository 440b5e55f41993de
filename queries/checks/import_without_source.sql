-- level 3: every import read source bytes
SELECT v.verb || ' ' || substr(v.activity_key, 1, 12) AS object, 'it used no source' AS problem
FROM activity v
WHERE v.kind = 'import' AND NOT EXISTS (
  SELECT 1 FROM used s JOIN artifact a ON a.artifact_id = s.artifact_id
  WHERE s.activity_id = v.activity_id AND a.kind = 'source')
