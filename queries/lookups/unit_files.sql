-- The array files of units that are done, each once, with what their bytes are.
-- parameter keys: text
SELECT DISTINCT v.activity_key AS unit_key, a.file, a.file_sha256, a.file_stamp
FROM activity v
JOIN generated g USING (activity_id)
JOIN stored_array a ON a.artifact_id = g.artifact_id
WHERE v.kind = 'unit' AND v.activity_key IN (SELECT value FROM json_each(:keys))
ORDER BY a.file, v.activity_key
