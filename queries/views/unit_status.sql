-- Which units of each study are done, failed, planned or not applicable, and why?
-- assumption: units that only the study's calibration has come after its own
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- column study (text): study of the newest expansion, NULL for units no study asked for
-- column unit_key: SHA-256 of step, version, parameters and inputs
-- column step: computation step
-- column state: planned, done, failed or not_applicable
-- column reason: why it is to run, or why not
-- column attempts (integer): number of tries
-- column message: last error
-- column seconds: wall clock of the last try
-- column peak_bytes: resident peak of the last try's worker
-- column label: what it is about
WITH current_unit AS (
  SELECT max(r.purpose) AS purpose, s.name AS study, ru.unit_key, min(ru.position) AS position
  FROM run r
  JOIN study s ON s.study_id = r.study_id
  JOIN run_unit ru ON ru.run_id = r.run_id
  WHERE r.is_current = 1
  GROUP BY s.name, ru.unit_key
),
asked AS (
  SELECT study, purpose, unit_key, position FROM current_unit
  UNION ALL
  SELECT NULL, NULL, n.unit_key, NULL FROM unit n
  WHERE NOT EXISTS (SELECT 1 FROM run_unit ru WHERE ru.unit_key = n.unit_key)
),
tried AS (
  SELECT unit_key, count(*) AS attempts, max(attempt_id) AS last_attempt FROM attempt GROUP BY unit_key
)
SELECT
  q.study, n.unit_key, n.step, n.state, n.reason, coalesce(t.attempts, 0) AS attempts, n.message,
  l.seconds, l.peak_bytes, n.label
FROM asked q
JOIN unit n ON n.unit_key = q.unit_key
LEFT JOIN tried t ON t.unit_key = n.unit_key
LEFT JOIN attempt l ON l.attempt_id = t.last_attempt
ORDER BY q.study IS NULL, q.study, q.purpose DESC, q.position, n.step, n.unit_key
