-- Which layer is the best of each region?
SELECT region, layer_key, r
FROM (
  SELECT region, layer_key, r, row_number() OVER (PARTITION BY region ORDER BY r DESC) AS place
  FROM (SELECT region, layer_key, avg(r) AS r FROM layer_sweep GROUP BY region, layer_key) m
) p
WHERE place = 1
ORDER BY region
