-- What ratings that come before a response explain less those after it, over subjects, for comparison with a planted truth.
-- parameter study: text
-- parameter dataset: text
-- column p: real
SELECT f.cohort, f.feature_set AS rating, f.target, f.region, g.mean, coalesce(g.q_bh, g.p) AS p, g.valid, g.flags
FROM current_unit u
JOIN group_test g ON g.unit_key = u.unit_key AND g.quantity = 'future_minus_past' AND g.test = 'corrected_t'
JOIN fit f ON f.fit_key = g.fit_key
WHERE u.study = :study AND f.dataset = :dataset
ORDER BY f.feature_set, f.target, f.region, f.cohort, g.group_test_id
