-- Which arrays are stored, where, and what are they?
-- column name: unique, path-like, stable
-- column kind: feature, synchrony, recording, annotation, prediction, null ...
-- column dataset: dataset
-- column cohort: cohort; a dataset is a cohort of its own name
-- column subject: subject
-- column session: session
-- column run: acquisition run
-- column repetition: 1 for the first showing
-- column rater: rater
-- column stimulus: stimulus
-- column element: original, voice or soundtrack
-- column feature_set: descriptor set, imported space or model
-- column model: model, NULL where there is none
-- column layer_key: layer of the model (conv.0 ... proj, hs.0 ... last), NULL where there is none
-- column axes (text): JSON array of axis names, the slowest first
-- column shape: JSON array of lengths
-- column dtype: type at rest
-- column bytes: uncompressed
-- column rate_hz: samples per second along time
-- column units: of the values
-- column parameters: JSON, as in the study file
-- column file: HDF5 file relative to the warehouse
-- column path: dataset inside the file
-- column logical_sha256: SHA-256 of axes and values
SELECT
  a.name, a.kind, a.dataset, a.cohort, a.subject, a.session, a.run, a.repetition, a.rater, a.stimulus, a.element,
  a.feature_set, a.model, a.layer_key,
  (SELECT '["' || group_concat(x.name, '","') || '"]'
   FROM (SELECT name FROM array_axis WHERE array_id = a.array_id ORDER BY position) x) AS axes,
  a.shape, a.dtype, a.bytes, a.rate_hz, a.units, a.parameters, a.file, a.path, a.logical_sha256
FROM stored_array a
ORDER BY a.name
