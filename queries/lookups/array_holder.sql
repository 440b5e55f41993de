-- What holds the name of an array.
-- parameter name: text
SELECT a.array_id, a.path, a.logical_sha256, a.artifact_id, act.activity_key, act.kind AS activity_kind
FROM stored_array a
JOIN activity act USING (activity_id)
WHERE a.name = :name
