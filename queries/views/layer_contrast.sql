-- Do groups of layers differ?
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- column study: name of the study file
-- column dataset: dataset
-- column cohort: cohort; a dataset is a cohort of its own name
-- column subject: subject, NULL for a group result
-- column session: session, NULL for a group result
-- column rater: rater, NULL for a group result
-- column feature_set: descriptor set, imported space or model
-- column model: model, NULL where there is none
-- column layer_key: NULL: a contrast is over layers
-- column depth: NULL: a contrast is over layers
-- column rel_depth: NULL: a contrast is over layers
-- column element: original, voice or soundtrack
-- column covariate_mode: none, audio_only, visual_only, joint, zeroed_shared or zeroed_banded
-- column target_kind: annotation, synchrony or response
-- column target: annotation, signal or response name, never the region
-- column target_parameters: JSON, as in the study file
-- column region: region or channel, NULL unless the target is regional
-- column hemisphere: left, right or NULL
-- column region_group: network, lobe or other group of the region
-- column contrast: name of the contrast
-- column difference: a minus b
-- column low: lower end of the 95 % interval, NULL below the minimum number of units
-- column high: upper end of the 95 % interval
-- column interval_kind: unit and method of the interval
-- column tail: greater or two-sided
-- column unit: what varies: time, stimulus or subject
-- column unit_count: how many of them
-- column test: test
-- column null_kind: how null draws were made
-- column null_draws: number of null draws
-- column null_mean: mean of the null draws
-- column null_p95: 95th percentile of the null draws
-- column p: (k+1)/(draws+1)
-- column p_floor: smallest p these draws can give
-- column q_bh: Benjamini-Hochberg over the family, NULL while a member is missing
-- column p_max: studentised maximum statistic over the family, NULL while a member is missing
-- column family: cells corrected together
-- column unit_key: unit that computed the row; evoke why tells what it descends from
SELECT
  u.study, f.dataset, f.cohort, f.subject, f.session, f.rater, f.feature_set, f.model, NULL AS layer_key, NULL
  AS depth, NULL AS rel_depth, f.element, f.covariate_mode, f.target_kind, f.target, f.target_parameters,
  f.region, f.hemisphere, f.region_group,
  d.name AS contrast, d.difference, d.low, d.high, d.interval_kind, d.tail,
  d.unit, d.unit_count, d.test,
  d.null_kind, d.null_draws, d.null_mean, d.null_p95, d.p, d.p_floor, d.q_bh, d.p_max, d.family, d.unit_key
FROM current_unit u
JOIN contrast d ON d.unit_key = u.unit_key
JOIN fit f ON f.fit_key = d.fit_key
ORDER BY u.study, u.run_id, f.dataset, f.cohort, f.target_kind, f.target, f.target_parameters, f.subject, f.rater, f.element,
  f.feature_set, f.model, f.depth, f.layer_key, f.covariate_mode, f.region, f.fit_key, d.name
