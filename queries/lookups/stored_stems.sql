-- Separated sounds; a parameter that is NULL is any.
-- parameter dataset: text or NULL
-- parameter stimulus: text or NULL
-- column dataset: text never NULL
-- column stimulus: text never NULL
-- column element: text never NULL
SELECT a.name, a.file, a.path, a.logical_sha256, a.axes_sha256, a.file_sha256, a.file_stamp, a.dataset, a.stimulus, a.element, t.separation, t.sample_count, t.rate_hz
FROM stem t
JOIN activity v ON v.activity_key = t.unit_key
JOIN generated g ON g.activity_id = v.activity_id
JOIN artifact f ON f.artifact_id = g.artifact_id AND f.kind = 'array' AND f.name = t.array
JOIN stored_array a ON a.array_id = (SELECT min(array_id) FROM stored_array WHERE artifact_id = f.artifact_id)
WHERE (:dataset IS NULL OR t.dataset = :dataset) AND (:stimulus IS NULL OR t.stimulus = :stimulus)
ORDER BY a.name
