-- How many scores have p below .05, by element and layer? From what is kept.
SELECT element, layer_key, sum(p_below_05) AS significant
FROM score_over_subjects
GROUP BY element, layer_key
ORDER BY element, layer_key
