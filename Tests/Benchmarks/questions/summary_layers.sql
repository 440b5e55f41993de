-- How do scores run through layers, region by region? From what is kept.
SELECT dataset, region, layer_key, sum(r_sum) / sum(r_count) AS r
FROM score_over_subjects
WHERE element = 'voice'
GROUP BY dataset, region, layer_key
ORDER BY dataset, region, layer_key
