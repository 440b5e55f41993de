-- Do features, or ratings, differ in their largest lagged correlations?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: subjects who rated the same stimuli are not independent: p is that of draws common to all of them
-- column study: name of the study file
-- column dataset: dataset
-- column cohort: cohort; a dataset is a cohort of its own name
-- column response: rating whose maxima are compared, or all ratings
-- column effect: feature_set, rating or feature_set:rating
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
-- column folds_counted (integer): NULL: nothing is fitted
-- column folds_total (integer): NULL: nothing is fitted
-- column stimuli_counted: stimuli behind it
-- column origin (text): computed
-- column quantity: max_z: Fisher z of the largest correlation over lags; z_standardised: the same over the spread of its null
-- column levels: JSON array of what is compared
-- column unit: what is repeated: subject, or stimulus where ratings are nobody's alone
-- column unit_count: how many have every level
-- column null_kind: group_phase: draws common to all units; NULL without draws
-- column null_draws: number of null draws
-- column p_floor: smallest p these draws can give
-- column generalises_to: what p speaks of, NULL without it
-- column reason: why there is no F
-- column unit_key: unit that computed the row; evoke why tells what it descends from
SELECT
  u.study, a.dataset, a.cohort, a.response, a.effect, a.level_count,
  CASE WHEN a.unit = 'subject' THEN a.unit_count END AS subject_count, a.ss_effect, a.ss_error, a.f, a.df1, a.df2,
  a.epsilon_gg, a.epsilon_hf, a.p_uncorrected, a.p_gg, a.p_hf, a.p, a.partial_eta2,
  a.valid, a.flags, NULL AS folds_counted, NULL AS folds_total, a.stimuli_counted, 'computed' AS origin,
  a.quantity, a.levels, a.unit, a.unit_count, a.null_kind, a.null_draws, a.p_floor, a.generalises_to, a.reason,
  a.unit_key
FROM current_unit u
JOIN anova_effect a ON a.unit_key = u.unit_key
ORDER BY u.study, u.run_id, a.dataset, a.cohort, a.response, a.quantity, a.effect, a.anova_effect_id
