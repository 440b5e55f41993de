-- Which layer predicts each region and target best? Of rows that may be reported; p_max and q_bh know how many layers were tried, r and its interval do not.
-- column study: text never NULL
-- column layers: integer never NULL
-- column layers_left_out: integer never NULL
-- column flags: text
WITH cell AS (
  SELECT s.*,
    row_number() OVER (PARTITION BY s.study, s.dataset, s.cohort, s.subject, s.session, s.rater, s.feature_set, s.model,
      s.element, s.covariate_mode, s.target_kind, s.target, s.target_parameters, s.region
      ORDER BY s.valid DESC, s.r DESC, s.depth, s.unit_key) AS place,
    sum(s.valid) OVER w AS layers, count(*) OVER w - sum(s.valid) OVER w AS layers_left_out
  FROM layer_sweep s
  WHERE s.layer_key IS NOT NULL
  WINDOW w AS (PARTITION BY s.study, s.dataset, s.cohort, s.subject, s.session, s.rater, s.feature_set, s.model,
    s.element, s.covariate_mode, s.target_kind, s.target, s.target_parameters, s.region)
)
SELECT study, dataset, cohort, subject, session, rater, feature_set, model, element, covariate_mode, target_kind, target,
  target_parameters, region, layer_key, rel_depth, r, low, high, p_max, q_bh, peak_share, layers, layers_left_out, flags,
  unit_key
FROM cell
WHERE place = 1 AND valid = 1
ORDER BY study, dataset, cohort, target_kind, target, target_parameters, region, element, feature_set, model,
  covariate_mode, subject, session, rater
