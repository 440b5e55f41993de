-- How many scores have a p of at most .05, by element and layer? From what is kept.
SELECT element, layer_key, sum(p_at_most_05) AS significant
FROM score_over_subjects
GROUP BY element, layer_key
ORDER BY element, layer_key
