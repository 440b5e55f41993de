-- How much does the score depend on how the features are reduced? Of rows that may be reported and cells with several reductions; r_range is their largest r less their smallest.
-- column reduction: text never NULL
-- column reductions: integer never NULL
-- column r_range: real
-- column flags: text
WITH reduced AS (
  SELECT unit_key, coalesce(json_extract(parameters, '$.features[0].reduction'), 'none') AS reduction
  FROM unit
  WHERE json_array_length(parameters, '$.features') = 1
), several AS (
  -- Nobody compares where all are reduced alike: no score is read.
  SELECT unit_key, reduction FROM reduced WHERE (SELECT count(DISTINCT reduction) FROM reduced) > 1
), scored AS (
  SELECT f.dataset, f.cohort, f.subject, f.session, f.rater, f.feature_set, f.model, f.layer_key, f.depth,
    f.element, f.covariate_mode, f.target_kind, f.target, f.target_parameters, f.region, f.delays_s, sc.value AS r, sc.low,
    sc.high, n.p, trim(sc.flags || coalesce(' ' || sf.flags, '')) AS flags, f.unit_key, v.reduction
  FROM several v
  JOIN fit f ON f.unit_key = v.unit_key
  JOIN score sc ON sc.fit_key = f.fit_key AND sc.quantity = 'r' AND sc.valid = 1
  LEFT JOIN null_summary n ON n.fit_key = f.fit_key AND n.quantity = 'r'
  LEFT JOIN sound_flag sf ON sf.unit_key = f.unit_key
  -- A unit that two studies share counts once.
  WHERE v.unit_key IN (SELECT unit_key FROM current_unit)
), placed AS (
  SELECT s.*, dense_rank() OVER (ORDER BY s.dataset, s.cohort, s.subject, s.session, s.rater, s.feature_set, s.model,
    s.layer_key, s.element, s.covariate_mode, s.target_kind, s.target, s.target_parameters, s.region, s.delays_s) AS cell
  FROM scored s
), cell AS (
  SELECT cell, count(DISTINCT reduction) AS reductions, max(r) - min(r) AS r_range
  FROM placed
  GROUP BY cell
  HAVING count(DISTINCT reduction) > 1
)
SELECT dataset, cohort, subject, session, rater, feature_set, model, layer_key, element, covariate_mode, target_kind,
  target, target_parameters, region, delays_s, reduction, r, low, high, p, reductions, r_range, flags, unit_key
FROM placed
JOIN cell USING (cell)
ORDER BY dataset, cohort, target_kind, target, target_parameters, region, element, feature_set, model, depth, layer_key,
  covariate_mode, delays_s, subject, session, rater, reduction, unit_key
