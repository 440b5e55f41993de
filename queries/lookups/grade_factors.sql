-- What factors of a study's designs explain of each feature, for comparison with a planted truth.
-- parameter study: text
-- parameter dataset: text
-- column p: real
SELECT f.unit_key, f.factor, f.partial_eta2, coalesce(f.p_max, f.p) AS p, f.valid, f.flags
FROM current_unit u
JOIN factor_share f ON f.unit_key = u.unit_key
WHERE u.study = :study AND f.dataset = :dataset AND f.level IS NULL AND f.factor IS NOT NULL
ORDER BY f.unit_key, f.factor, p IS NULL, p, f.factor_share_id
