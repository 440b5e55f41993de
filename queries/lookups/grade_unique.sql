-- What a study's sets explain that others do not, of the group or over subjects, for comparison with a planted truth.
-- parameter study: text
-- parameter dataset: text
-- column cohort: text never NULL
-- column element: text never NULL
-- column target_kind: text never NULL
-- column target: text never NULL
-- column region: text
-- column feature_set: text never NULL
-- column layer_key: text
-- column is_joint: integer never NULL
-- column unique_r2: real
-- column p: real
-- column valid: integer never NULL
-- column flags: text never NULL
SELECT f.cohort, f.element, f.target_kind, f.target, f.region, f.feature_set, f.layer_key, f.other_sets IS NOT NULL AS is_joint,
  s.value AS unique_r2, n.p, s.valid, s.flags
FROM current_unit u
JOIN fit f ON f.unit_key = u.unit_key
JOIN score s ON s.fit_key = f.fit_key AND s.quantity = 'unique_r2'
LEFT JOIN null_summary n ON n.fit_key = f.fit_key AND n.quantity = 'unique_r2'
WHERE u.study = :study AND f.dataset = :dataset AND f.subject IS NULL AND f.rater IS NULL
UNION ALL
SELECT f.cohort, f.element, f.target_kind, f.target, f.region, f.feature_set, f.layer_key, f.other_sets IS NOT NULL,
  g.mean, g.p, g.valid, g.flags
FROM current_unit u
JOIN group_test g ON g.unit_key = u.unit_key AND g.quantity = 'unique_r2' AND g.test = 'group_phase'
JOIN fit f ON f.fit_key = g.fit_key
WHERE u.study = :study AND f.dataset = :dataset
ORDER BY 3, 4, 5, 6, 7, 1
