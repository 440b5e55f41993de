-- Largest lagged correlations of a study, one row per curve, for comparison with a planted truth.
-- parameter study: text
-- parameter dataset: text
SELECT c.cohort, c.element, c.rating, c.feature_set, c.layer_key, c.lag_at_max_s, c.z, c.z_standardised, c.p, c.valid, c.flags
FROM current_unit u
JOIN lag_curve c ON c.unit_key = u.unit_key
WHERE u.study = :study AND c.dataset = :dataset AND c.z IS NOT NULL
ORDER BY c.rating, c.feature_set, c.layer_key, c.stimulus, c.subject, c.curve_key
