-- How well does each feature space predict each target, against its null?
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: negative scores are kept
-- column run_id: first 12 hex digits of the SHA-256 of the expanded plan
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
-- column delays_s: JSON array of feature delays in seconds
-- column stimulus_count: stimuli
-- column subject_count: subjects behind the target
-- column dropped_count: rows left out
-- column sample_count: rows
-- column effective_n: rows corrected for autocorrelation (Bartlett)
-- column r: Fisher-z mean of the outer folds' correlations
-- column low: lower end of the 95 % interval, NULL below the minimum number of units
-- column high: upper end of the 95 % interval
-- column interval_kind: unit and method of the interval
-- column tail: greater or two-sided
-- column r2: fold mean, against the training mean
-- column r_pooled: correlation of concatenated predictions
-- column lambda_median: median chosen penalty over folds
-- column lambda_at_edge: folds whose penalty stands at the end of the grid
-- column noise_ceiling: of the target
-- column r_normalised: r / noise ceiling
-- column null_kind: how null draws were made
-- column null_draws: number of null draws
-- column null_mean: mean of the null draws
-- column null_p95: 95th percentile of the null draws
-- column p: (k+1)/(draws+1)
-- column p_floor: smallest p these draws can give
-- column q_bh: Benjamini-Hochberg over the family, NULL while a member is missing
-- column p_max: studentised maximum statistic over the family, NULL while a member is missing
-- column family: cells corrected together
-- column flags: space-separated warnings
-- column valid: 0: not to be reported
-- column unit_key: unit that computed the row; evoke why tells what it descends from
SELECT
  u.run_id, u.study, f.dataset, f.cohort, f.subject, f.session, f.rater, f.feature_set, f.model, f.layer_key,
  f.depth, f.rel_depth, f.element, f.covariate_mode, f.target_kind, f.target, f.target_parameters, f.region,
  f.hemisphere, f.region_group,
  f.delays_s, f.stimulus_count, f.subject_count, f.dropped_count, f.sample_count, f.effective_n,
  sc.value AS r, sc.low, sc.high, sc.interval_kind, sc.tail,
  sc.r2, sc.r_pooled, sc.lambda_median, sc.lambda_at_edge, sc.noise_ceiling, sc.r_normalised,
  n.null_kind, n.null_draws, n.null_mean, n.null_p95, n.p, n.p_floor, c.q_bh, c.p_max, c.family,
  sc.flags, sc.valid, f.unit_key
FROM current_unit u
JOIN fit f ON f.unit_key = u.unit_key
JOIN score sc ON sc.fit_key = f.fit_key AND sc.quantity = 'r'
LEFT JOIN null_summary n ON n.fit_key = f.fit_key AND n.quantity = 'r'
LEFT JOIN correction c ON c.run_id = u.run_id AND c.fit_key = f.fit_key AND c.quantity = 'r'
ORDER BY u.study, u.run_id, f.dataset, f.cohort, f.target_kind, f.target, f.target_parameters, f.subject, f.rater, f.element,
  f.feature_set, f.model, f.depth, f.layer_key, f.covariate_mode, f.region, f.fit_key
