-- How many scores have a p of at most .05, by element and layer?
SELECT element, layer_key, count(CASE WHEN p <= 0.05 THEN 1 END) AS significant
FROM layer_sweep
GROUP BY element, layer_key
ORDER BY element, layer_key
