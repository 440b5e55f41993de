-- What do scores come to over the layers of each sweep, and which layer is the best?
-- assumption: the newest expansion of each study name is shown; scores that other programs computed are left out
-- assumption: fits without a layer are a sweep of their own
-- assumption: the best fit is, of those that may be reported, else of all, the one of the largest r, then of the smallest depth; its r is optimistic
-- assumption: sums are those of stored summaries where nothing that they are made of was written to since, else of the scores themselves
-- order: run_id, fit_key
-- column run_id: first 12 hex digits of the SHA-256 of the expanded plan
-- column study: name of the study file
-- column study_kind: kind of the study
-- column dataset: dataset
-- column cohort: cohort; a dataset is a cohort of its own name
-- column subject: subject, NULL for a group result
-- column session: session, NULL for a group result
-- column rater: rater, NULL for a group result
-- column feature_set: descriptor set, imported space or model
-- column model: model, NULL where there is none
-- column element: original, voice or soundtrack
-- column covariate_mode: none, audio_only, visual_only, joint, zeroed_shared or zeroed_banded
-- column target_kind: annotation, synchrony or response
-- column target: annotation, signal or response name, never the region
-- column target_parameters: JSON, as in the study file
-- column region: region or channel, NULL unless the target is regional
-- column score_count (integer): scores
-- column r_count (integer): of them with an r
-- column r_sum (real): sum of r: the mean is r_sum / r_count
-- column r_square_sum (real): sum of r * r
-- column r_max (real): largest r
-- column p_count (integer): scores with a p
-- column p_at_most_05 (integer): scores with p of at most .05, uncorrected
-- column valid_count (integer): scores that may be reported
-- column layer_key: layer of the best fit, NULL where there is none
-- column rel_depth: its depth / largest depth, 0 to 1
-- column r: its Fisher-z mean of the outer folds' correlations
-- column fit_key: its identity, which tells sweeps of a run apart
-- column unit_key: unit that computed it; evoke why tells what it descends from
-- Most units fit one kind of cell in all regions: the columns of one of its fits are compared, and only their number is sorted by.
WITH head AS MATERIALIZED (
  SELECT
    u.run_id, u.study, u.study_kind, u.unit_key, f.dataset, f.cohort, f.subject, f.session, f.rater, f.feature_set, f.model, f.element,
    f.covariate_mode, f.target_kind, f.target, f.target_parameters,
    dense_rank() OVER (ORDER BY
      u.run_id, f.dataset, f.cohort, f.subject, f.session, f.rater, f.feature_set, f.model, f.element, f.covariate_mode, f.target_kind, f.target,
      f.target_parameters) AS kind
  FROM current_unit u
  JOIN fit f ON f.fit_key = (SELECT g.fit_key FROM fit g WHERE g.unit_key = u.unit_key LIMIT 1)
  WHERE NOT EXISTS (SELECT 1 FROM summarised_run k WHERE k.run_id = u.run_id)
), tried AS (
  SELECT h.run_id, h.study, h.study_kind, f.fit_key, sc.valid, sc.value AS r, first_value(f.fit_key) OVER w AS best,
    count(*) OVER w AS score_count, count(sc.value) OVER w AS r_count, sum(sc.value) OVER w AS r_sum,
    sum(sc.value * sc.value) OVER w AS r_square_sum, max(sc.value) OVER w AS r_max, count(n.p) OVER w AS p_count,
    count(CASE WHEN n.p <= 0.05 THEN 1 END) OVER w AS p_at_most_05, count(CASE WHEN sc.valid = 1 THEN 1 END) OVER w AS valid_count
  FROM head h
  JOIN fit f ON f.unit_key = h.unit_key
  JOIN score sc ON sc.fit_key = f.fit_key AND sc.quantity = 'r'
  LEFT JOIN null_summary n ON n.fit_key = f.fit_key AND n.quantity = 'r'
  WINDOW w AS (
    -- A fit of another kind than its unit's first stands alone until all columns are compared.
    PARTITION BY h.kind, f.region, CASE WHEN f.layer_key IS NULL THEN 1 ELSE 0 END, CASE
      WHEN f.dataset = h.dataset AND f.cohort = h.cohort AND f.subject IS NOT DISTINCT FROM h.subject AND f.session IS NOT DISTINCT FROM h.session
        AND f.rater IS NOT DISTINCT FROM h.rater AND f.feature_set = h.feature_set AND f.model IS NOT DISTINCT FROM h.model AND f.element = h.element
        AND f.covariate_mode = h.covariate_mode AND f.target_kind = h.target_kind AND f.target = h.target AND f.target_parameters = h.target_parameters
      THEN '' ELSE f.fit_key END
    ORDER BY sc.valid DESC, sc.value IS NULL, sc.value DESC, f.depth, f.unit_key, f.fit_key
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), sweep AS (
  SELECT
    t.run_id, t.study, t.study_kind, f.dataset, f.cohort, f.subject, f.session, f.rater, f.feature_set, f.model, f.element, f.covariate_mode,
    f.target_kind, f.target, f.target_parameters, f.region, f.layer_key, f.rel_depth, t.r, t.fit_key, f.unit_key,
    first_value(t.fit_key) OVER w AS best,
    sum(t.score_count) OVER w AS score_count, sum(t.r_count) OVER w AS r_count, sum(t.r_sum) OVER w AS r_sum,
    sum(t.r_square_sum) OVER w AS r_square_sum, max(t.r_max) OVER w AS r_max, sum(t.p_count) OVER w AS p_count,
    sum(t.p_at_most_05) OVER w AS p_at_most_05, sum(t.valid_count) OVER w AS valid_count
  FROM tried t
  JOIN fit f ON f.fit_key = t.fit_key
  WHERE t.fit_key = t.best
  WINDOW w AS (
    PARTITION BY f.region, f.subject, f.element, f.dataset, t.run_id, f.cohort, f.session, f.rater, f.feature_set, f.model,
      f.covariate_mode, f.target_kind, f.target, f.target_parameters, CASE WHEN f.layer_key IS NULL THEN 1 ELSE 0 END
    ORDER BY t.valid DESC, t.r IS NULL, t.r DESC, f.depth, f.unit_key, t.fit_key
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
)
SELECT
  q.run_id, s.name AS study, s.kind AS study_kind, c.dataset, c.cohort, c.subject, c.session, c.rater, c.feature_set, c.model, c.element,
  c.covariate_mode, c.target_kind, c.target, c.target_parameters, c.region, c.score_count, c.r_count, c.r_sum, c.r_square_sum, c.r_max, c.p_count,
  c.p_at_most_05, c.valid_count, c.layer_key, c.rel_depth, c.r, c.fit_key, c.unit_key
FROM run q
JOIN summarised_run k ON k.run_id = q.run_id
JOIN study s ON s.study_id = q.study_id
JOIN over_layers c ON c.run_id = q.run_id
WHERE q.is_current = 1 AND q.purpose = 'results'
UNION ALL
SELECT
  run_id, study, study_kind, dataset, cohort, subject, session, rater, feature_set, model, element, covariate_mode, target_kind, target,
  target_parameters, region, score_count, r_count, r_sum, r_square_sum, r_max, p_count, p_at_most_05, valid_count, layer_key, rel_depth, r, fit_key,
  unit_key
FROM sweep
WHERE fit_key = best
