UPDATE alignment SET best_lag_s = :best_lag_s, reference = :reference, correlation = :correlation, p = :p,
  measured_drift_ppm = :measured_drift_ppm, checked_verdict = :checked_verdict
WHERE alignment_id = :alignment_id
