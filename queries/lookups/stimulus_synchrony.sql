-- Dynamic synchrony of one stimulus, one array each.
-- parameter stimulus: text
-- column dataset: text never NULL
-- column stimulus: text never NULL
SELECT DISTINCT a.name, a.file, a.path, a.logical_sha256, a.axes_sha256, a.file_sha256, a.file_stamp, a.dataset, a.cohort, a.stimulus, v.activity_key AS unit_key,
  y.signal, y.band, y.method, y.window_s, y.step_s, y.anchor, y.subject_count, y.null_kind, y.null_draws
FROM stored_array a
  JOIN generated g USING (artifact_id)
  JOIN activity v USING (activity_id)
  JOIN synchrony y ON y.unit_key = v.activity_key AND y.stimulus = a.stimulus
WHERE v.kind = 'unit' AND a.kind = 'synchrony' AND a.stimulus = :stimulus
  AND EXISTS (SELECT 1 FROM current_unit u WHERE u.unit_key = v.activity_key)
ORDER BY a.dataset, a.cohort, y.signal, y.band, y.method, y.window_s, a.name
