-- The artifact of a unit's result.
-- parameter key: text
SELECT f.artifact_id
FROM activity act
JOIN generated g USING (activity_id)
JOIN artifact f USING (artifact_id)
WHERE act.activity_key = :key AND f.kind = 'result'
