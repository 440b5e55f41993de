-- Which layer predicts each region and target best? Of rows that may be reported; p_max and q_bh know how many layers were tried, r and its interval do not.
-- column study: text never NULL
-- column layers: integer never NULL
-- column layers_left_out: integer never NULL
-- column flags: text
-- Most units fit one kind of cell in all regions: the columns of one of its fits are compared, and only their number is sorted by.
WITH head AS MATERIALIZED (
  SELECT u.study, u.unit_key, f.dataset, f.cohort, f.subject, f.session, f.rater, f.feature_set, f.model, f.element,
    f.covariate_mode, f.target_kind, f.target, f.target_parameters,
    dense_rank() OVER (ORDER BY u.study, f.dataset, f.cohort, f.subject, f.session, f.rater, f.feature_set, f.model,
      f.element, f.covariate_mode, f.target_kind, f.target, f.target_parameters) AS kind
  FROM current_unit u
  JOIN fit f ON f.fit_key = (SELECT g.fit_key FROM fit g WHERE g.unit_key = u.unit_key LIMIT 1)
  WHERE u.study_kind IN ('layer_sweep', 'architecture_comparison')
), tried AS (
  SELECT h.study, f.fit_key, sc.valid, sc.value AS r, first_value(f.fit_key) OVER w AS best, sum(sc.valid) OVER w AS layers,
    count(*) OVER w AS layers_tried
  FROM head h
  JOIN fit f ON f.unit_key = h.unit_key
  JOIN score sc ON sc.fit_key = f.fit_key AND sc.quantity = 'r'
  WHERE f.layer_key IS NOT NULL
  WINDOW w AS (
    -- A fit of another kind than its unit's first stands alone until all columns are compared.
    PARTITION BY h.kind, f.region, CASE
      WHEN f.dataset = h.dataset AND f.cohort = h.cohort AND f.subject IS NOT DISTINCT FROM h.subject
        AND f.session IS NOT DISTINCT FROM h.session AND f.rater IS NOT DISTINCT FROM h.rater
        AND f.feature_set = h.feature_set AND f.model IS NOT DISTINCT FROM h.model AND f.element = h.element
        AND f.covariate_mode = h.covariate_mode AND f.target_kind = h.target_kind AND f.target = h.target
        AND f.target_parameters = h.target_parameters THEN '' ELSE f.fit_key END
    ORDER BY sc.valid DESC, sc.value DESC, f.depth, f.unit_key ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), cell AS (
  SELECT t.study, f.dataset, f.cohort, f.subject, f.session, f.rater, f.feature_set, f.model, f.element, f.covariate_mode,
    f.target_kind, f.target, f.target_parameters, f.region, f.layer_key, t.valid, f.unit_key, t.fit_key,
    first_value(t.fit_key) OVER w AS best, sum(t.layers) OVER w AS layers,
    sum(t.layers_tried) OVER w - sum(t.layers) OVER w AS layers_left_out
  FROM tried t
  JOIN fit f ON f.fit_key = t.fit_key
  WHERE t.fit_key = t.best
  WINDOW w AS (
    PARTITION BY f.region, f.subject, f.element, f.dataset, t.study, f.cohort, f.session, f.rater, f.feature_set, f.model,
      f.covariate_mode, f.target_kind, f.target, f.target_parameters
    ORDER BY t.valid DESC, t.r DESC, f.depth, f.unit_key ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
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
WHERE b.fit_key = b.best AND b.valid = 1
ORDER BY b.study, b.dataset, b.cohort, b.target_kind, b.target, b.target_parameters, b.region, b.element, b.feature_set, b.model,
  b.covariate_mode, b.subject, b.session, b.rater
