-- Scores of two cohorts of a study side by side, for comparison with a planted truth.
-- parameter study: text
-- parameter dataset: text
SELECT f.cohort AS cohort_a, g.cohort AS cohort_b, f.target_kind, f.target, f.region, f.element, f.feature_set, f.layer_key,
  c.difference, c.p, c.comparable, c.valid, c.flags
FROM current_unit u
JOIN cohort_contrast c ON c.unit_key = u.unit_key
JOIN fit f ON f.fit_key = c.fit_key
JOIN fit g ON g.fit_key = c.fit_key_b
WHERE u.study = :study AND f.dataset = :dataset AND c.quantity = 'r' AND f.subject IS NULL AND f.rater IS NULL
  AND f.covariate_mode IN ('none', 'audio_only')
ORDER BY f.target_kind, f.target, f.region, f.feature_set, f.depth, c.cohort_contrast_id
