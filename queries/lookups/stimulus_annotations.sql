-- Ratings of one stimulus, one array each.
-- parameter dataset: text
-- parameter stimulus: text
SELECT r.name, r.file, r.path, r.logical_sha256, r.axes_sha256, r.file_sha256, r.file_stamp, n.name AS annotation, r.rater, r.subject, r.session, r.run
FROM annotation_series n JOIN dataset d USING (dataset_id) JOIN stored_array r USING (array_id)
WHERE d.name = :dataset AND r.stimulus = :stimulus AND n.kind = 'rating'
ORDER BY n.name, r.name
