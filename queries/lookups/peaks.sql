-- Where numbers are largest: the layer of each sweep, the delay of each fit.
-- column curve: text never NULL
-- column peak: text never NULL
WITH layer AS (
  SELECT f.fit_key, s.value AS r, 'layers ' || json_array(l.unit_key, f.dataset, f.cohort, f.subject, f.session, f.rater,
      f.element, f.covariate_mode, f.target_kind, f.target, f.target_parameters, f.region, f.feature_set) AS curve,
    coalesce(f.layer_key, '') AS peak
  FROM sweep_layer l
  JOIN fit f USING (fit_key)
  JOIN score s ON s.fit_key = f.fit_key AND +s.quantity = 'r' AND s.value IS NOT NULL
), delay AS (
  SELECT fit_key, r, 'delays ' || fit_key AS curve, CAST(lag_s AS TEXT) || ' s' AS peak
  FROM lag_score
  WHERE r IS NOT NULL
)
SELECT curve, peak
FROM (
  SELECT curve, peak, row_number() OVER (PARTITION BY curve ORDER BY r DESC, fit_key, peak) AS place
  FROM (SELECT * FROM layer UNION ALL SELECT * FROM delay))
WHERE place = 1
ORDER BY curve
