-- Showings of stimuli during the recordings of a dataset.
-- parameter dataset: text
-- column bad: text never NULL
-- column labels: text never NULL
SELECT r.name, r.file, r.path, r.logical_sha256, r.axes_sha256, r.file_sha256, r.file_stamp, t.name AS stimulus, r.run, s.name AS subject, r.session, d.name AS dataset,
  c.name AS signal, c.modality, c.units, c.space_axis, c.rate_hz, p.repetition, p.onset_s, p.stimulus_start_s, p.duration_s,
  (SELECT json_group_array(label) FROM recording_channel b WHERE b.recording_id = c.recording_id AND b.is_bad) AS bad,
  (SELECT json_group_array(label) FROM recording_channel b WHERE b.recording_id = c.recording_id) AS labels
FROM recording c JOIN dataset d USING (dataset_id) JOIN subject s USING (subject_id) JOIN stored_array r USING (array_id)
  JOIN presentation p USING (recording_id) JOIN stimulus t ON t.stimulus_id = p.stimulus_id
WHERE d.name = :dataset
ORDER BY t.name, s.name, r.name, p.repetition
