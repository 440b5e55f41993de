-- Ratings of one name in a dataset, one array each.
-- parameter dataset: text
-- parameter name: text
-- column stimulus: text never NULL
SELECT r.name, r.file, r.path, r.logical_sha256, r.axes_sha256, r.file_sha256, r.file_stamp, r.stimulus, r.run, r.rater, r.subject, r.session,
  n.scale_low, n.scale_high, n.scale_is_observed
FROM annotation_series n JOIN dataset d USING (dataset_id) JOIN stored_array r USING (array_id)
WHERE d.name = :dataset AND n.name = :name AND n.kind = 'rating'
ORDER BY r.name
