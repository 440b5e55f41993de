-- Agreement of synchrony with ratings, over stimuli where there are several, for comparison with a planted truth.
-- parameter study: text
-- parameter dataset: text
-- column rating: text never NULL
-- column p: real
SELECT c.unit_key, c.cohort, CASE c.kind_a WHEN 'annotation' THEN c.measure_a ELSE c.measure_b END AS rating, c.region, c.r,
  coalesce(c.p_max, c.p) AS p, c.valid, c.flags
FROM current_unit u
JOIN consistency c ON c.unit_key = u.unit_key
WHERE u.study = :study AND c.dataset = :dataset AND 'annotation' IN (c.kind_a, c.kind_b)
  AND 'source' IN (c.measure_a, c.measure_b)
  AND (c.stimulus IS NULL OR NOT EXISTS (
    SELECT 1 FROM consistency o WHERE o.unit_key = c.unit_key AND o.region IS c.region AND o.stimulus IS NULL))
ORDER BY rating, c.unit_key, c.region, c.r IS NULL, c.consistency_key
