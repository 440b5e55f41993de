-- What holds over subjects, and what does the p speak of?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- column study: name of the study file
-- column dataset: dataset
-- column cohort: cohort; a dataset is a cohort of its own name
-- column subject (text): subject, NULL for a group result
-- column session (text): session, NULL for a group result
-- column rater (text): rater, NULL for a group result
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
-- column quantity: r, unique_r2, max_lag_r or future_minus_past
-- column subject_count: subjects
-- column stimulus_count: stimuli
-- column mean: over subjects; Fisher-z mean for correlations
-- column low: lower end of the 95 % interval, NULL below the minimum number of units
-- column high: upper end of the 95 % interval
-- column interval_kind: unit and method of the interval
-- column tail: greater or two-sided
-- column test: group_phase (draws common to all subjects), and beside it t, wilcoxon (signed ranks, zeros dropped, exact up to 25 subjects), sign_flip (signs of subjects) and corrected_t (folds)
-- column statistic: of the test
-- column df1: degrees of freedom
-- column df2: degrees of freedom of the error
-- column null_kind: how null draws were made
-- column null_draws: number of null draws
-- column null_mean: mean of the null draws
-- column null_p95: 95th percentile of the null draws
-- column p: (k+1)/(draws+1)
-- column p_floor: smallest p these draws can give
-- column q_bh: Benjamini-Hochberg over the family of group scores
-- column p_max: studentised maximum over the family of the means of common draws; NULL with its reason
-- column family: cells corrected together
-- column p_cluster: of the cluster of touching regions (statistics.correction: [cluster]) against the largest of each draw in the family; NULL in none
-- column cluster: its number in the family, 1 the one of the largest mass
-- column generalises_to: the population the p speaks of
-- column reason: why there is no p_max
-- column valid: 0: not to be reported
-- column flags (text): space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column folds_counted: smallest number of outer folds behind a subject's score
-- column folds_total: outer folds the target is cut into
-- column stimuli_counted: smallest number of stimuli behind a subject's score
-- column origin (text): computed
-- column unit_key: unit that computed the row; evoke why tells what it descends from
SELECT
  u.study, f.dataset, f.cohort, NULL AS subject, NULL AS session, NULL AS rater, f.feature_set, f.model,
  f.layer_key, f.depth, f.rel_depth, f.element, f.covariate_mode, f.target_kind, f.target, f.target_parameters,
  f.region, f.hemisphere, f.region_group,
  g.quantity, g.subject_count, g.stimulus_count, g.mean, g.low, g.high, g.interval_kind, g.tail,
  g.test, g.statistic, g.df1, g.df2,
  g.null_kind, g.null_draws, g.null_mean, g.null_p95, g.p, g.p_floor, g.q_bh, g.p_max, g.family,
  g.p_cluster, g.cluster, g.generalises_to, g.reason,
  g.valid, trim(g.flags || coalesce(' ' || sf.flags, '')) AS flags, g.folds_counted, g.folds_total, g.stimuli_counted, 'computed' AS origin, g.unit_key
FROM current_unit u
JOIN group_test g ON g.unit_key = u.unit_key
JOIN fit f ON f.fit_key = g.fit_key
LEFT JOIN sound_flag sf ON sf.unit_key = f.unit_key
ORDER BY u.study, u.run_id, f.dataset, f.cohort, f.target_kind, f.target, f.target_parameters, f.subject, f.rater, f.element,
  f.feature_set, f.model, f.depth, f.layer_key, f.covariate_mode, f.region, f.fit_key, g.quantity, g.test, g.unit_key,
  g.group_test_id
