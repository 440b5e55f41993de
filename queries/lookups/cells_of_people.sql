-- Cells of score_over_subjects that are made of scores of people; is_alone is 1 where a sum of theirs is of one of them.
-- column run_id: text never NULL
-- column fit_key: text never NULL
-- column is_alone: integer never NULL
SELECT run_id, fit_key, 1 IN (with_r, with_valid_r, with_r - with_valid_r) AS is_alone
FROM (
  SELECT u.run_id, min(f.fit_key) AS fit_key,
    count(DISTINCT CASE WHEN sc.value IS NOT NULL THEN coalesce(f.subject, f.rater) END) AS with_r,
    count(DISTINCT CASE WHEN sc.value IS NOT NULL AND sc.valid = 1 THEN coalesce(f.subject, f.rater) END) AS with_valid_r
  FROM run_unit u
  JOIN fit f ON f.unit_key = u.unit_key
  JOIN score sc ON sc.fit_key = f.fit_key AND sc.quantity = 'r'
  GROUP BY
    f.region, f.layer_key, f.element, u.run_id, f.dataset, f.cohort, f.feature_set, f.model, f.depth, f.rel_depth,
    f.covariate_mode, f.target_kind, f.target, f.target_parameters, f.hemisphere, f.region_group
  HAVING count(f.subject) + count(f.rater) > 0
)
ORDER BY run_id, fit_key
