-- The series of a dataset with how each lies on its stimulus' clock.
-- parameter dataset: text
-- column bad: text never NULL
SELECT l.alignment_id, l.stimulus, l.subject, l.series, l.declared_rate_hz, l.implied_rate_hz, l.offset_s,
  l.onset_source, l.drift_ppm, l.verdict, r.name, r.file, r.path, r.logical_sha256, r.axes_sha256, r.file_sha256, r.file_stamp, r.kind, c.modality,
  p.onset_s, p.stimulus_start_s, p.duration_s,
  (SELECT json_group_array(label) FROM recording_channel b WHERE b.recording_id = c.recording_id AND b.is_bad) AS bad
FROM alignment l LEFT JOIN stored_array r USING (array_id) LEFT JOIN recording c USING (array_id)
  LEFT JOIN stimulus t ON t.dataset_id = c.dataset_id AND t.name = l.stimulus
  -- Parts of a stimulus in one recording are one repetition; an import enters both tables in one order.
  LEFT JOIN presentation p ON p.recording_id = c.recording_id AND p.stimulus_id = t.stimulus_id
    AND p.repetition = l.repetition
    AND (
      SELECT count(*)
      FROM presentation o
      WHERE o.recording_id = p.recording_id AND o.stimulus_id = p.stimulus_id AND o.repetition = p.repetition
        AND o.presentation_id <= p.presentation_id
    ) = (
      SELECT count(*)
      FROM alignment o
      WHERE o.activity_id = l.activity_id AND o.array_id = l.array_id AND o.stimulus = l.stimulus
        AND o.repetition = l.repetition AND o.alignment_id <= l.alignment_id
    )
WHERE l.dataset = :dataset
ORDER BY l.stimulus, l.subject, l.series, l.alignment_id
