-- How do two datasets differ, region by region and layer by layer?
SELECT region, layer_key,
  avg(CASE WHEN dataset = 'bave' THEN r END) - avg(CASE WHEN dataset = 'liris' THEN r END) AS difference
FROM layer_sweep
WHERE element = 'original'
GROUP BY region, layer_key
ORDER BY region, layer_key
