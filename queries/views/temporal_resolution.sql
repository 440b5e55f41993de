-- How fast does synchrony follow the features: what do window and step do to the score?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: longer windows leave fewer independent values, so that r is larger by chance, too: compare r_over_null_sd
-- column study: name of the study file
-- column dataset: dataset
-- column cohort: cohort; a dataset is a cohort of its own name
-- column subject: subject, NULL for a group result
-- column session: session, NULL for a group result
-- column rater: rater, NULL for a group result
-- column feature_set: descriptor set, imported space or model
-- column model: model, NULL where there is none
-- column layer_key: layer of the model (conv.0 ... proj, hs.0 ... last), NULL where there is none
-- column depth: rank of the layer along the network
-- column rel_depth: depth / largest depth, 0 to 1
-- column element: original, voice or soundtrack
-- column covariate_mode: none, audio_only, visual_only, joint, zeroed_shared or zeroed_banded
-- column target_kind: annotation, synchrony or response
-- column target: annotation, signal or response name, never the region
-- column target_parameters: JSON, as in the study file
-- column region: region or channel, NULL unless the target is regional
-- column hemisphere: left, right or NULL
-- column region_group: network, lobe or other group of the region
-- column window_s: window of synchrony
-- column step_s: step of synchrony
-- column mean_isc (real): mean over stimuli of synchrony's mean over windows
-- column r: Fisher-z mean of the outer folds' correlations
-- column null_sd: standard deviation of the null draws of r; NULL without draws
-- column r_over_null_sd (real): r / null_sd
-- column effective_n: rows corrected for autocorrelation (Bartlett), none across stimuli; NULL where target or prediction do not vary
-- column low: lower end of the 95 % interval, NULL below four counted folds or stimuli
-- column high: upper end of the 95 % interval
-- column interval_kind: unit and method of the interval
-- column tail: greater or two-sided
-- column null_kind: how null draws were made
-- column null_draws: number of null draws
-- column null_mean: mean of the null draws
-- column null_p95: 95th percentile of the null draws
-- column p: (k+1)/(draws+1)
-- column p_floor: smallest p these draws can give
-- column q_bh: Benjamini-Hochberg over the family, NULL while a member is missing
-- column p_max: studentised maximum statistic over the family, NULL while a member is missing
-- column family (text): cells corrected together
-- column valid: 0: not to be reported
-- column flags (text): space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column folds_counted: outer folds the score is the mean of
-- column folds_total: outer folds the target is cut into
-- column stimuli_counted: stimuli that the counted folds test
-- column origin (text): computed
-- column sample_count: rows
-- column stimulus_count: stimuli
-- column subject_count: subjects behind the target
-- column generalises_to: what the interval speaks of, NULL without one
-- column signal: source, envelope, de or fd
-- column band: broad or a band
-- column method: pairwise, leave_one_out or corrca
-- column anchor: where in its window a value stands
-- column lag_1 (real): lag-1 autocorrelation of synchrony, of windows one step apart, mean over stimuli; NULL where it does not vary, or was measured by a version before
-- column unit_key: unit that computed the row; evoke why tells what it descends from
WITH windowed AS (
  SELECT u.run_id, y.dataset, y.cohort, y.parameters, y.region, y.signal, y.band, y.method, y.anchor, y.window_s,
    y.step_s, avg(y.mean_isc) AS mean_isc, avg(m.lag_1) AS lag_1
  FROM current_unit u
  JOIN synchrony y ON y.unit_key = u.unit_key
  LEFT JOIN synchrony_memory m ON m.unit_key = y.unit_key AND m.stimulus = y.stimulus AND m.region = y.region
  WHERE u.study_kind = 'temporal_resolution'
  GROUP BY u.run_id, y.dataset, y.cohort, y.parameters, y.region, y.signal, y.band, y.method, y.anchor, y.window_s,
    y.step_s
)
SELECT
  u.study, f.dataset, f.cohort, f.subject, f.session, f.rater, f.feature_set, f.model, f.layer_key, f.depth,
  f.rel_depth, f.element, f.covariate_mode, f.target_kind, f.target, f.target_parameters, f.region, f.hemisphere,
  f.region_group,
  w.window_s, w.step_s, w.mean_isc, sc.value AS r, n.null_sd,
  CASE WHEN n.null_sd > 0 THEN sc.value / n.null_sd END AS r_over_null_sd, f.effective_n,
  sc.low, sc.high, sc.interval_kind, sc.tail,
  n.null_kind, n.null_draws, n.null_mean, n.null_p95, n.p, n.p_floor, c.q_bh, c.p_max, cf.name AS family,
  sc.valid, trim(sc.flags || coalesce(' ' || sf.flags, '')) AS flags, sc.folds_counted, sc.folds_total,
  sc.stimuli_counted, 'computed' AS origin, f.sample_count, f.stimulus_count, f.subject_count, sc.generalises_to,
  w.signal, w.band, w.method, w.anchor, w.lag_1, f.unit_key
FROM current_unit u
JOIN fit f ON f.unit_key = u.unit_key
-- In this order for SQLite: windows are looked up for each fit, not all fits of a region for each window.
CROSS JOIN windowed w
JOIN score sc ON sc.fit_key = f.fit_key AND sc.quantity = 'r'
LEFT JOIN null_summary n ON n.fit_key = f.fit_key AND n.quantity = 'r'
LEFT JOIN family_member c ON c.fit_key = f.fit_key AND c.quantity = 'r' AND c.family_key = (
  SELECT m.family_key FROM run_family m WHERE m.fit_key = f.fit_key AND m.quantity = 'r' AND m.run_id = u.run_id
  ORDER BY m.family, m.family_key LIMIT 1)
LEFT JOIN family cf ON cf.family_key = c.family_key
LEFT JOIN sound_flag sf ON sf.unit_key = f.unit_key
WHERE u.study_kind = 'temporal_resolution'
  AND w.run_id = u.run_id AND w.dataset = f.dataset AND w.cohort = f.cohort
  AND w.parameters = f.target_parameters AND w.region = f.region
ORDER BY u.study, u.run_id, f.dataset, f.cohort, f.target, w.band, w.method, f.subject, f.element, f.feature_set,
  f.model, f.depth, f.layer_key, f.covariate_mode, f.region, w.window_s, w.step_s, f.fit_key
