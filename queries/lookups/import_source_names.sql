-- Names of the files an import read.
-- parameter import: integer
SELECT a.name
FROM used s JOIN artifact a ON a.artifact_id = s.artifact_id AND a.kind = 'source'
WHERE s.activity_id = :import AND s.role = 'source' ORDER BY a.name
