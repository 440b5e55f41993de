-- Which single delay of the features carries the score, every delay counted in the maximum?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: all delays of a target are fitted to the same rows and folds and share their null draws
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
-- column lag_s: delay of the features in seconds, positive: features first
-- column r: score of the features with that delay alone
-- column null_kind: how null draws were made
-- column null_draws: number of null draws
-- column p: of the delay alone, (k+1)/(draws+1)
-- column p_max: studentised maximum statistic over all delays of the target
-- column is_peak (integer): 1: largest r of all delays of the target
-- column sample_count: rows, the same at every delay
-- column flags (text): space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column valid: 0: not to be reported
-- column folds_counted: outer folds the score is the mean of
-- column folds_total: outer folds the target is cut into
-- column stimuli_counted: stimuli that the counted folds test
-- column origin (text): computed
-- column cluster: cluster of neighbouring delays that the delay belongs to, 1 the one of the largest mass; NULL in none
-- column p_cluster: of the cluster's mass against the largest of each draw; it speaks of the cluster, not of each delay
-- column unit_key: unit that computed the row; evoke why tells what it descends from
SELECT
  u.study, f.dataset, f.cohort, f.subject, f.session, f.rater, f.feature_set, f.model, f.layer_key, f.depth,
  f.rel_depth, f.element, f.covariate_mode, f.target_kind, f.target, f.target_parameters, f.region,
  f.hemisphere, f.region_group,
  l.lag_s, l.r, l.null_kind, l.null_draws, l.p, l.p_max,
  CASE WHEN l.r IS NULL THEN NULL
    WHEN l.r = (SELECT max(o.r) FROM lag_score o WHERE o.fit_key = l.fit_key) THEN 1 ELSE 0 END AS is_peak,
  l.n AS sample_count, trim(l.flags || coalesce(' ' || sf.flags, '')) AS flags, l.valid, l.folds_counted, l.folds_total, l.stimuli_counted,
  'computed' AS origin, k.cluster, k.p_cluster, f.unit_key
FROM current_unit u
JOIN fit f ON f.unit_key = u.unit_key
JOIN lag_score l ON l.fit_key = f.fit_key
LEFT JOIN lag_cluster k ON k.fit_key = l.fit_key AND k.lag_s = l.lag_s
LEFT JOIN sound_flag sf ON sf.unit_key = f.unit_key
ORDER BY u.study, u.run_id, f.dataset, f.cohort, f.target_kind, f.target, f.target_parameters, f.subject, f.rater, f.element,
  f.feature_set, f.model, f.depth, f.layer_key, f.covariate_mode, f.region, f.fit_key, l.lag_s, l.unit_key, l.lag_score_id
