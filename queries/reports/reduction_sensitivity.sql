-- How much does the score depend on how the features are reduced? Of rows that may be reported and cells with several reductions; r_range is their largest r less their smallest.
-- column reduction: text never NULL
-- column reductions: integer never NULL
-- column r_range: real
-- column flags: text
WITH score AS (
  SELECT DISTINCT e.dataset, e.cohort, e.subject, e.session, e.rater, e.feature_set, e.model, e.layer_key, e.depth,
    e.element, e.covariate_mode, e.target_kind, e.target, e.target_parameters, e.region, e.delays_s, e.r, e.low, e.high,
    e.p, e.flags, e.unit_key, coalesce(json_extract(u.parameters, '$.features[0].reduction'), 'none') AS reduction
  FROM encoding_score e
  JOIN unit u ON u.unit_key = e.unit_key
  WHERE e.valid = 1 AND json_array_length(u.parameters, '$.features') = 1
), cell AS (
  SELECT s.*,
    dense_rank() OVER (PARTITION BY s.dataset, s.cohort, s.subject, s.session, s.rater, s.feature_set, s.model,
      s.layer_key, s.element, s.covariate_mode, s.target_kind, s.target, s.target_parameters, s.region, s.delays_s
      ORDER BY s.reduction) AS place,
    max(s.r) OVER w - min(s.r) OVER w AS r_range
  FROM score s
  WINDOW w AS (PARTITION BY s.dataset, s.cohort, s.subject, s.session, s.rater, s.feature_set, s.model, s.layer_key,
    s.element, s.covariate_mode, s.target_kind, s.target, s.target_parameters, s.region, s.delays_s)
), counted AS (
  SELECT c.*, max(c.place) OVER (PARTITION BY c.dataset, c.cohort, c.subject, c.session, c.rater, c.feature_set, c.model,
    c.layer_key, c.element, c.covariate_mode, c.target_kind, c.target, c.target_parameters, c.region, c.delays_s)
    AS reductions
  FROM cell c
)
SELECT dataset, cohort, subject, session, rater, feature_set, model, layer_key, element, covariate_mode, target_kind,
  target, target_parameters, region, delays_s, reduction, r, low, high, p, reductions, r_range, flags, unit_key
FROM counted
WHERE reductions > 1
ORDER BY dataset, cohort, target_kind, target, target_parameters, region, element, feature_set, model, depth, layer_key,
  covariate_mode, delays_s, subject, session, rater, reduction, unit_key
