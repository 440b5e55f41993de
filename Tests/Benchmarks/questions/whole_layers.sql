-- How do scores run through layers, region by region?
SELECT dataset, region, layer_key, avg(r) AS r
FROM layer_sweep
WHERE element = 'voice'
GROUP BY dataset, region, layer_key
ORDER BY dataset, region, layer_key
