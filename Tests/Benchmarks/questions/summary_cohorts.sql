-- How do two datasets differ, region by region and layer by layer? From what is kept.
SELECT region, layer_key,
  sum(CASE WHEN dataset = 'bave' THEN r_sum END) / sum(CASE WHEN dataset = 'bave' THEN r_count END)
    - sum(CASE WHEN dataset = 'liris' THEN r_sum END) / sum(CASE WHEN dataset = 'liris' THEN r_count END) AS difference
FROM score_over_subjects
WHERE element = 'original'
GROUP BY region, layer_key
ORDER BY region, layer_key
