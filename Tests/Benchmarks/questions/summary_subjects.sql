-- Mean and spread of each subject and element. From what is kept.
SELECT dataset, subject, element, n, r, square - r * r AS variance
FROM (
  SELECT dataset, subject, element, sum(score_count) AS n, sum(r_sum) / sum(r_count) AS r,
    sum(r_square_sum) / sum(r_count) AS square
  FROM score_over_layers
  GROUP BY dataset, subject, element
) m
ORDER BY dataset, subject, element
