-- Feature arrays of one stimulus, the shallow layers of a model first.
-- parameter dataset: text or NULL
-- parameter stimulus: text
-- column dataset: text never NULL
-- column stimulus: text never NULL
-- column feature_set: text never NULL
-- column element: text never NULL
-- column layer_key: text never NULL
SELECT a.name, a.file, a.path, a.logical_sha256, a.axes_sha256, a.file_sha256, a.file_stamp, a.dataset, a.stimulus, a.run, coalesce(a.element, 'original') AS element,
  a.feature_set, coalesce(a.layer_key, '') AS layer_key, a.model, a.rate_hz, a.parameters, f.depth
FROM stored_array a LEFT JOIN feature_space f ON f.name = a.feature_set AND f.layer_key = coalesce(a.layer_key, '')
WHERE a.kind = 'feature' AND a.stimulus = :stimulus AND (:dataset IS NULL OR a.dataset = :dataset)
ORDER BY a.dataset, a.feature_set, f.depth, a.layer_key, a.rate_hz, a.name
