-- level 3: every array, model and result was made by an activity
SELECT a.kind || ' ' || a.name AS object, 'no activity made it' AS problem
FROM artifact a
WHERE a.kind <> 'source' AND NOT EXISTS (SELECT 1 FROM generated g WHERE g.artifact_id = a.artifact_id)
