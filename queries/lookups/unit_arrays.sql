-- The arrays a unit made, or found made with the same values.
-- parameter key: text
SELECT a.artifact_id, a.name, a.kind, a.dataset, a.cohort, a.subject, a.session, a.run, a.repetition, a.rater, a.stimulus,
  a.element, a.feature_set, a.model, a.layer_key, a.rate_hz, a.parameters, a.file, a.path, a.logical_sha256, a.axes_sha256, a.file_sha256, a.file_stamp, act.activity_key AS unit_key
FROM activity act
JOIN generated g USING (activity_id)
JOIN stored_array a ON a.artifact_id = g.artifact_id
WHERE act.kind = 'unit' AND act.activity_key = :key
ORDER BY a.name
