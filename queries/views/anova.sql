-- Do features, or ratings, differ in their largest lagged correlations, and models over their depth?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: subjects who rated the same stimuli are not independent: p is that of draws common to all of them
-- column study: name of the study file
-- column dataset: dataset
-- column cohort: cohort; a dataset is a cohort of its own name
-- column response: rating whose maxima are compared, or all ratings; of models the target
-- column effect: feature_set, rating or feature_set:rating; of models rel_depth_bin, model or rel_depth_bin:model
-- column level_count: cells that the effect compares
-- column subject_count (integer): subjects who have every level, NULL where stimuli are the unit
-- column ss_effect: sum of squares of the effect
-- column ss_error: sum of squares of its error
-- column f: (ss_effect / df1) / (ss_error / df2)
-- column df1: degrees of freedom, uncorrected
-- column df2: degrees of freedom of the error, uncorrected
-- column epsilon_gg: Greenhouse and Geisser's epsilon
-- column epsilon_hf: Huynh and Feldt's epsilon, at most 1
-- column p_uncorrected: of f; it speaks of units that are independent, as subjects of the same stimuli are not
-- column p_gg: the same with degrees of freedom times epsilon_gg
-- column p_hf: the same with degrees of freedom times epsilon_hf
-- column p: (k+1)/(draws+1), k draws common to all units whose F reaches f
-- column partial_eta2: ss_effect / (ss_effect + ss_error)
-- column valid: 0: not to be reported
-- column flags: space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column folds_counted (integer): smallest number of outer folds behind a subject's score, NULL where nothing is fitted
-- column folds_total (integer): outer folds the target is cut into, NULL where nothing is fitted
-- column stimuli_counted: stimuli behind it
-- column origin (text): computed
-- column quantity (text): max_z: Fisher z of the largest correlation over lags; z_standardised: the same over the spread of its null; r: mean Fisher z of the layers of a part of the depth
-- column levels: JSON array of what is compared
-- column unit (text): what is repeated: subject, or stimulus where ratings are nobody's alone
-- column unit_count: how many have every level
-- column null_kind: group_phase: draws common to all units; NULL without draws
-- column null_draws: number of null draws
-- column p_floor: smallest p these draws can give
-- column generalises_to: what p speaks of, NULL without it
-- column reason: why there is no F, or no p by draws
-- column element (text): original, voice or soundtrack, NULL for lagged correlations
-- column target_kind (text): of the target, NULL for lagged correlations
-- column target_parameters (text): JSON, as in the study file, NULL for lagged correlations
-- column region (text): region or channel, NULL unless the target is regional
-- column covariate_mode (text): none or audio_only, NULL for lagged correlations
-- column unit_key: unit that computed the row; evoke why tells what it descends from
SELECT
  u.study AS study, a.dataset AS dataset, a.cohort AS cohort, a.response AS response, a.effect AS effect, a.level_count,
  CASE WHEN a.unit = 'subject' THEN a.unit_count END AS subject_count, a.ss_effect, a.ss_error, a.f, a.df1, a.df2,
  a.epsilon_gg, a.epsilon_hf, a.p_uncorrected, a.p_gg, a.p_hf, a.p, a.partial_eta2,
  a.valid, a.flags, NULL AS folds_counted, NULL AS folds_total, a.stimuli_counted, 'computed' AS origin,
  a.quantity AS quantity, a.levels, a.unit, a.unit_count, a.null_kind, a.null_draws, a.p_floor, a.generalises_to, a.reason,
  NULL AS element, NULL AS target_kind, NULL AS target_parameters, NULL AS region, NULL AS covariate_mode, a.unit_key AS unit_key
FROM current_unit u
JOIN anova_effect a ON a.unit_key = u.unit_key
UNION ALL
SELECT
  u.study, f.dataset, f.cohort, f.target, d.effect, d.level_count, d.subject_count, d.ss_effect, d.ss_error, d.f, d.df1,
  d.df2, d.epsilon_gg, d.epsilon_hf, d.p_uncorrected, d.p_gg, d.p_hf, d.p, d.partial_eta2,
  d.valid, d.flags, d.folds_counted, d.folds_total, d.stimuli_counted, 'computed',
  'r', d.levels, 'subject', d.subject_count, d.null_kind, d.null_draws, d.p_floor, d.generalises_to, d.reason,
  f.element, f.target_kind, f.target_parameters, f.region, f.covariate_mode, d.unit_key
FROM current_unit u
JOIN depth_effect d ON d.unit_key = u.unit_key
JOIN fit f ON f.fit_key = d.fit_key
ORDER BY study, dataset, cohort, response, quantity, element, target_parameters, region, covariate_mode, effect, unit_key
