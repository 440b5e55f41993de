-- Stretches of stimuli, or of one subject's data, that were imported as bad.
-- parameter dataset: text
-- column stimulus: text never NULL
SELECT n.name AS list, r.name, r.file, r.path, r.logical_sha256, r.axes_sha256, r.file_sha256, r.file_stamp, r.stimulus, r.run, r.subject
FROM annotation_series n JOIN dataset d USING (dataset_id) JOIN stored_array r USING (array_id)
WHERE d.name = :dataset AND n.kind = 'bad_segment'
ORDER BY r.name
