-- How units were fitted: delays and folds of the targets of each kind, and how many scores may be reported.
-- parameter units: text
-- column score_count: integer never NULL
-- column valid_count: integer never NULL
-- column fewest_folds: integer never NULL
-- column most_folds: integer never NULL
SELECT f.target_kind, f.delays_s, f.delay_shape, count(*) AS score_count, sum(s.valid) AS valid_count,
  min(s.folds_total) AS fewest_folds, max(s.folds_total) AS most_folds
FROM fit f
JOIN score s ON s.fit_key = f.fit_key AND s.quantity = 'r'
WHERE f.unit_key IN (SELECT value FROM json_each(:units))
GROUP BY f.target_kind, f.delays_s, f.delay_shape
ORDER BY f.target_kind, f.delays_s
