SELECT a.*, act.activity_key AS unit_key
FROM activity act
JOIN generated g USING (activity_id)
JOIN array a ON a.artifact_id = g.artifact_id
WHERE act.kind = 'unit' AND act.activity_key = :key
ORDER BY a.name
