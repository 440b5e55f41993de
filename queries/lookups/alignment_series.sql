-- The series of a dataset with how each lies on its stimulus' clock.
-- parameter dataset: text
-- column bad: text never NULL
SELECT l.alignment_id, l.stimulus, l.subject, l.series, l.declared_rate_hz, l.implied_rate_hz, l.offset_s,
  l.onset_source, l.drift_ppm, l.verdict, r.name, r.file, r.path, r.logical_sha256, r.axes_sha256, r.file_sha256, r.file_stamp, r.kind, c.modality,
  p.onset_s, p.stimulus_start_s, p.duration_s,
  (SELECT json_group_array(label) FROM recording_channel b WHERE b.recording_id = c.recording_id AND b.is_bad) AS bad
-- Parts of a stimulus in one recording are one repetition; an import enters both tables in one order.
FROM (
    SELECT a.*, row_number() OVER (
      PARTITION BY a.activity_id, a.array_id, a.stimulus, a.repetition ORDER BY a.alignment_id) AS part
    FROM alignment a
  ) l LEFT JOIN stored_array r USING (array_id) LEFT JOIN recording c USING (array_id)
  LEFT JOIN stimulus t ON t.dataset_id = c.dataset_id AND t.name = l.stimulus
  LEFT JOIN (
    SELECT o.*, row_number() OVER (
      PARTITION BY o.recording_id, o.stimulus_id, o.repetition ORDER BY o.presentation_id) AS part
    FROM presentation o
  ) p ON p.recording_id = c.recording_id AND p.stimulus_id = t.stimulus_id AND p.repetition = l.repetition
    AND p.part = l.part
WHERE l.dataset = :dataset
ORDER BY l.stimulus, l.subject, l.series, l.alignment_id
