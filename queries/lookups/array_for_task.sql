-- The array of a name, as long as it has these values.
-- parameter name: text
-- parameter sha256: text
-- column unit_key: text
SELECT a.artifact_id, a.name, a.kind, a.dataset, a.cohort, a.subject, a.session, a.run, a.repetition, a.rater, a.stimulus,
  a.element, a.feature_set, a.model, a.layer_key, a.rate_hz, a.parameters, a.file, a.path, a.logical_sha256, a.axes_sha256, a.file_sha256, a.file_stamp, CASE act.kind WHEN 'unit' THEN act.activity_key END AS unit_key
FROM stored_array a
JOIN activity act USING (activity_id)
WHERE a.name = :name AND a.logical_sha256 = :sha256
