-- What the check of an alignment found.
-- parameter best_lag_s: real or NULL
-- parameter reference: text or NULL
-- parameter correlation: real or NULL
-- parameter p: real or NULL
-- parameter measured_drift_ppm: real or NULL
-- parameter checked_verdict: text
-- parameter alignment_id: integer
UPDATE alignment SET best_lag_s = :best_lag_s, reference = :reference, correlation = :correlation, p = :p,
  measured_drift_ppm = :measured_drift_ppm, checked_verdict = :checked_verdict
WHERE alignment_id = :alignment_id
