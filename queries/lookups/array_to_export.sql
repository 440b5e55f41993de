-- A stored array with all its keys.
-- parameter name: text
SELECT a.name, a.kind, a.dataset, a.cohort, a.subject, a.session, a.run, a.repetition, a.rater, a.stimulus, a.element,
  a.feature_set, a.model, a.layer_key, a.rate_hz, a.units, a.parameters, a.file, a.path, a.logical_sha256, a.axes_sha256, a.file_sha256, a.file_stamp
FROM stored_array a
WHERE a.name = :name
