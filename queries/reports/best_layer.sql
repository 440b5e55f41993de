-- Which layer predicts each region and target best? Of rows that may be reported; p_max and q_bh know how many layers were tried, r and its interval do not.
-- column study: text never NULL
-- column layers: integer never NULL
-- column layers_left_out: integer never NULL
-- column flags: text
WITH cell AS (
  SELECT s.study, s.dataset, s.cohort, s.subject, s.session, s.rater, s.feature_set, s.model, s.element,
    s.covariate_mode, s.target_kind, s.target, s.target_parameters, s.region, s.layer_key, s.valid, s.unit_key,
    row_number() OVER (PARTITION BY s.region, s.subject, s.element, s.dataset, s.study, s.cohort, s.session, s.rater,
      s.feature_set, s.model, s.covariate_mode, s.target_kind, s.target, s.target_parameters
      ORDER BY s.valid DESC, s.r DESC, s.depth, s.unit_key) AS place,
    sum(s.valid) OVER w AS layers, count(*) OVER w - sum(s.valid) OVER w AS layers_left_out
  FROM layer_sweep s
  WHERE s.layer_key IS NOT NULL
  WINDOW w AS (PARTITION BY s.region, s.subject, s.element, s.dataset, s.study, s.cohort, s.session, s.rater,
    s.feature_set, s.model, s.covariate_mode, s.target_kind, s.target, s.target_parameters)
)
-- What only the best rows show is asked of them alone.
SELECT b.study, b.dataset, b.cohort, b.subject, b.session, b.rater, b.feature_set, b.model, b.element, b.covariate_mode,
  b.target_kind, b.target, b.target_parameters, b.region, b.layer_key, s.rel_depth, s.r, s.low, s.high, s.p_max, s.q_bh,
  s.peak_share, b.layers, b.layers_left_out, s.flags, b.unit_key
FROM cell b
JOIN layer_sweep s ON s.study = b.study AND s.unit_key = b.unit_key AND s.layer_key = b.layer_key
  AND s.feature_set = b.feature_set AND s.element = b.element AND s.covariate_mode = b.covariate_mode
  AND s.target_kind = b.target_kind AND s.target = b.target AND s.target_parameters = b.target_parameters
  AND s.dataset = b.dataset AND s.cohort = b.cohort AND s.subject IS NOT DISTINCT FROM b.subject
  AND s.session IS NOT DISTINCT FROM b.session AND s.rater IS NOT DISTINCT FROM b.rater
  AND s.model IS NOT DISTINCT FROM b.model AND s.region IS NOT DISTINCT FROM b.region
WHERE b.place = 1 AND b.valid = 1
ORDER BY b.study, b.dataset, b.cohort, b.target_kind, b.target, b.target_parameters, b.region, b.element, b.feature_set, b.model,
  b.covariate_mode, b.subject, b.session, b.rater
