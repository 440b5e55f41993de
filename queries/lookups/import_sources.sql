-- The source bytes an import read; an atlas it was made with may be forgotten later.
-- parameter import: integer
SELECT s.artifact_id, s.role
FROM used s JOIN artifact a ON a.artifact_id = s.artifact_id AND a.kind = 'source'
WHERE s.activity_id = :import ORDER BY s.artifact_id, s.role
