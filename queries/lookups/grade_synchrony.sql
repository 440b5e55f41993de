-- Dynamic synchrony of a study, one row per array and region, for comparison with a planted truth.
-- parameter study: text
-- parameter dataset: text
-- column stimulus: text never NULL
-- column before_s: real never NULL
SELECT DISTINCT a.name, a.file, a.path, a.logical_sha256, a.axes_sha256, a.file_sha256, a.file_stamp, a.stimulus, y.cohort, y.region,
  y.window_s, CASE y.anchor WHEN 'start' THEN 0.0 WHEN 'centre' THEN y.window_s / 2 ELSE y.window_s END AS before_s, y.subject_count, y.valid, y.flags
FROM current_unit u
JOIN activity v ON v.activity_key = u.unit_key
JOIN generated g USING (activity_id)
JOIN stored_array a USING (artifact_id)
JOIN synchrony y ON y.unit_key = u.unit_key AND y.stimulus = a.stimulus
WHERE u.study = :study AND a.dataset = :dataset AND a.kind = 'synchrony' AND y.signal = 'source' AND y.band = 'broad'
  AND y.method = 'pairwise'
ORDER BY y.region, y.window_s, a.stimulus, a.name
