-- Which layer is the best of each region? From what is kept.
SELECT region, layer_key, r
FROM (
  SELECT region, layer_key, r, row_number() OVER (PARTITION BY region ORDER BY r DESC) AS place
  FROM (SELECT region, layer_key, sum(r_sum) / sum(r_count) AS r FROM score_over_subjects GROUP BY region, layer_key) m
) p
WHERE place = 1
ORDER BY region
