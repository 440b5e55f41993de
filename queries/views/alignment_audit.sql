-- Does every series lie on its stimulus' clock, and how do we know?
-- column dataset: dataset
-- column stimulus: stimulus
-- column subject: subject, NULL for series that are nobody's
-- column series: recording, annotation or feature series
-- column declared_rate_hz: samples per second as declared
-- column implied_rate_hz: samples per second from time stamps or lengths
-- column offset_s: series time of stimulus second 0
-- column onset_source: cut, event, option, assumed or stamps
-- column drift_ppm (real): implied against declared rate, or measured along the series, parts per million
-- column best_lag_s: lag of the series behind its stimulus at the largest cross-correlation, in seconds
-- column verdict (text): ok, assumed, short, irregular, rate, drift, lag or suspicious
-- column run_id: run whose results use the series; a series that several use has a row for each, one that none uses has NULL
-- column reference: what it was compared with by evoke check alignment, NULL before
-- column correlation: cross-correlation at the best lag
-- column p: share of lags beyond the largest one asked for that correlate as much
WITH
current_unit AS (
  SELECT DISTINCT r.run_id, ru.unit_key
  FROM run r
  JOIN run_unit ru ON ru.run_id = r.run_id
  WHERE r.is_current = 1 AND r.purpose = 'results'
),
-- Sound is read from the imported file itself, everything else from the arrays the import made.
reading AS (
  SELECT g.activity_id, a.stimulus, a.subject, u.run_id
  FROM generated g
  JOIN stored_array a ON a.artifact_id = g.artifact_id
  JOIN used s ON s.artifact_id = g.artifact_id
  JOIN activity v ON v.activity_id = s.activity_id AND v.kind = 'unit'
  JOIN current_unit u ON u.unit_key = v.activity_key
  UNION
  SELECT i.activity_id, NULL, NULL, u.run_id
  FROM activity i
  JOIN used f ON f.activity_id = i.activity_id
  JOIN artifact b ON b.artifact_id = f.artifact_id AND b.kind = 'source'
  JOIN used s ON s.artifact_id = f.artifact_id
  JOIN activity v ON v.activity_id = s.activity_id AND v.kind = 'unit'
  JOIN current_unit u ON u.unit_key = v.activity_key
  WHERE i.kind = 'import'
)
SELECT dataset, stimulus, subject, series, declared_rate_hz, implied_rate_hz, offset_s, onset_source, drift_ppm,
  best_lag_s, verdict, run_id, reference, correlation, p
FROM (
  SELECT l.dataset, l.stimulus, l.subject, l.series, l.declared_rate_hz, l.implied_rate_hz, l.offset_s,
    l.onset_source, coalesce(c.drift_ppm, l.drift_ppm) AS drift_ppm, c.best_lag_s,
    coalesce(c.verdict, l.verdict) AS verdict, r.run_id, c.reference, c.correlation, c.p,
    min(l.alignment_id) AS alignment_id
  FROM alignment l
  LEFT JOIN alignment_check c ON c.alignment_id = l.alignment_id
  LEFT JOIN reading r ON r.activity_id = l.activity_id AND coalesce(r.stimulus, l.stimulus) = l.stimulus
    AND (r.subject IS NULL OR l.subject IS NULL OR r.subject = l.subject)
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
) q
ORDER BY dataset, stimulus, subject, series, alignment_id, run_id
