-- What the recordings of a dataset show of which stimulus.
-- parameter dataset: text
-- column start_s: real never NULL
-- column duration_s: real never NULL
SELECT c.modality, c.name AS signal, s.name AS subject, e.name AS session, a.name AS run, t.name AS stimulus,
  p.stimulus_start_s AS start_s, coalesce(p.duration_s, c.sample_count / c.rate_hz - p.onset_s) AS duration_s
FROM recording c JOIN dataset d USING (dataset_id) JOIN subject s USING (subject_id)
  LEFT JOIN session e ON e.session_id = c.session_id
  LEFT JOIN acquisition_run a ON a.acquisition_run_id = c.acquisition_run_id
  JOIN presentation p ON p.recording_id = c.recording_id JOIN stimulus t ON t.stimulus_id = p.stimulus_id
WHERE d.name = :dataset
ORDER BY c.recording_id, p.presentation_id
