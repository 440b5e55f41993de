-- The hundred largest scores.
SELECT dataset, subject, region, layer_key, element, r
FROM layer_sweep
ORDER BY r DESC
LIMIT 100
