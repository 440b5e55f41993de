-- At which lag does a rating follow a feature most, and is that more than the maximum over lags of chance?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: a maximum over lags is positive by chance, more so of smooth series: compare z_standardised
-- assumption: p is of one stimulus' correlation, against phases of the feature drawn at random
-- column study: name of the study file
-- column dataset: dataset
-- column cohort: cohort; a dataset is a cohort of its own name
-- column subject: subject who rated, NULL for a mean over raters or a rater who is no subject
-- column stimulus: stimulus
-- column rating: annotation
-- column feature_set: descriptor set, imported space, model or annotation
-- column transform: of the feature: none, changes or JSON, as in the study file
-- column n: pairs of rows at the lag of max_r, NULL without one
-- column max_r: largest correlation over lags
-- column lag_at_max_s: its lag: seconds by which the rating follows the feature
-- column z: Fisher z of max_r
-- column null_mean: mean over draws of the largest Fisher z over lags
-- column null_sd: standard deviation of the same
-- column z_standardised: (z - null_mean) / null_sd
-- column p: (k+1)/(draws+1), k draws whose largest correlation over lags reaches max_r
-- column valid: 0: not to be reported
-- column flags (text): space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column folds_counted (integer): NULL: nothing is fitted
-- column folds_total (integer): NULL: nothing is fitted
-- column stimuli_counted (integer): 1: the stimulus
-- column origin (text): computed
-- column rating_transform: of the rating
-- column rater: rater, NULL for a mean over raters
-- column run: acquisition run, NULL where ratings are of none
-- column model: model, NULL where there is none
-- column layer_key: layer of the model, NULL where there is none
-- column element: original, voice or soundtrack
-- column null_kind: phase: the feature's phases are drawn; NULL without draws
-- column null_draws: number of null draws
-- column p_floor: smallest p these draws can give
-- column unit_key: unit that computed the row; evoke why tells what it descends from
SELECT
  u.study, c.dataset, c.cohort, c.subject, c.stimulus, c.rating, c.feature_set, c.transform, p.n, c.max_r,
  c.lag_at_max_s, c.z, c.null_mean, c.null_sd, c.z_standardised, c.p, c.valid,
  trim(c.flags || coalesce(' ' || sf.flags, '')) AS flags, NULL AS folds_counted, NULL AS folds_total, 1 AS stimuli_counted, 'computed' AS origin,
  c.rating_transform, c.rater, c.run, c.model, c.layer_key, c.element, c.null_kind, c.null_draws, c.p_floor, c.unit_key
FROM current_unit u
JOIN lag_curve c ON c.unit_key = u.unit_key
LEFT JOIN lag_point p ON p.curve_key = c.curve_key AND p.lag_s = c.lag_at_max_s
LEFT JOIN sound_flag sf ON sf.unit_key = c.unit_key
ORDER BY u.study, u.run_id, c.dataset, c.cohort, c.rating, c.rating_transform, c.subject, c.rater, c.element, c.feature_set,
  c.model, c.layer_key, c.transform, c.stimulus, c.run, c.curve_key
