-- What replicates across cohorts? Of rows of groups that may be reported; replicates is 1 where r is positive and q_bh .05 or less in each of at least two datasets, NULL where all cohorts are of one dataset (they may share people) or a q_bh is missing.
-- column cohorts: integer never NULL
-- column datasets: integer never NULL
-- column found_in: integer never NULL
-- column left_out: integer never NULL
-- column r_least: real
-- column r_most: real
-- column replicates: integer
WITH score AS (
  SELECT DISTINCT dataset, cohort, feature_set, model, layer_key, depth, element, covariate_mode, target_kind, target,
    target_parameters, region, delays_s, r, q_bh, valid, unit_key
  FROM encoding_score
  WHERE subject IS NULL
)
SELECT feature_set, model, layer_key, element, covariate_mode, target_kind, target, target_parameters, region, delays_s,
  count(DISTINCT CASE WHEN valid = 1 THEN dataset || '/' || cohort END) AS cohorts,
  count(DISTINCT CASE WHEN valid = 1 THEN dataset END) AS datasets,
  count(DISTINCT CASE WHEN valid = 1 AND r > 0 AND q_bh <= 0.05 THEN dataset || '/' || cohort END) AS found_in,
  count(CASE WHEN valid = 0 THEN 1 END) AS left_out,
  min(CASE WHEN valid = 1 THEN r END) AS r_least, max(CASE WHEN valid = 1 THEN r END) AS r_most,
  CASE
    WHEN count(DISTINCT CASE WHEN valid = 1 THEN dataset END) < 2 OR count(CASE WHEN valid = 1 AND q_bh IS NULL THEN 1 END) > 0
      THEN NULL
    ELSE min(CASE WHEN valid = 1 THEN CASE WHEN r > 0 AND q_bh <= 0.05 THEN 1 ELSE 0 END END)
  END AS replicates
FROM score
GROUP BY feature_set, model, layer_key, element, covariate_mode, target_kind, target, target_parameters, region, delays_s
HAVING count(DISTINCT CASE WHEN valid = 1 THEN dataset || '/' || cohort END) > 1
ORDER BY replicates DESC, found_in DESC, target_kind, target, target_parameters, region, element,
  feature_set, min(depth), layer_key, covariate_mode, delays_s
