-- Arrays of an imported space or model.
-- parameter dataset: text
-- parameter name: text
-- column stimulus: text never NULL
SELECT a.name, a.file, a.path, a.logical_sha256, a.axes_sha256, a.file_sha256, a.file_stamp, a.stimulus, a.run, a.element, a.layer_key, a.model, f.depth, f.rel_depth
FROM stored_array a JOIN activity v USING (activity_id)
  JOIN feature_space f ON f.name = a.feature_set AND f.layer_key = coalesce(a.layer_key, '')
WHERE a.kind = 'feature' AND v.kind = 'import' AND a.dataset = :dataset AND (a.feature_set = :name OR a.model = :name)
ORDER BY a.name
