-- Voice against soundtrack in a study's group results, for comparison with a planted truth.
-- parameter study: text
-- parameter dataset: text
SELECT f.cohort, f.target_kind, f.target, f.region, f.feature_set, f.layer_key, e.r_voice, e.r_soundtrack, e.difference, e.p,
  e.valid, e.flags
FROM current_unit u
JOIN element_contrast e ON e.unit_key = u.unit_key
JOIN fit f ON f.fit_key = e.fit_key
WHERE u.study = :study AND f.dataset = :dataset AND f.subject IS NULL AND f.rater IS NULL
  AND f.covariate_mode IN ('none', 'audio_only')
ORDER BY f.target_kind, f.target, f.region, f.feature_set, f.depth, f.cohort, e.element_contrast_id
