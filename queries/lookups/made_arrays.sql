-- The arrays an activity made, by the names it gave them.
-- parameter activity: integer
SELECT a.name, a.sha256
FROM generated g
JOIN artifact a ON a.artifact_id = g.artifact_id
WHERE g.activity_id = :activity AND a.kind = 'array'
ORDER BY a.name
