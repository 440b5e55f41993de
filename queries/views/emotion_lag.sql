-- How far do ratings follow a feature, stimulus by stimulus?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: rows count from the first to the last that both series have; every lag uses all pairs of them
-- column study: name of the study file
-- column dataset: dataset
-- column cohort: cohort; a dataset is a cohort of its own name
-- column subject: subject who rated, NULL for a mean over raters or a rater who is no subject
-- column stimulus: stimulus
-- column rating: annotation
-- column feature_set: descriptor set, imported space, model or annotation
-- column transform: of the feature: none, changes or JSON, as in the study file
-- column lag_s: seconds by which the rating follows the feature
-- column r: Pearson correlation of the feature at t - lag_s with the rating at t, NULL where one of them does not vary
-- column n: pairs of rows
-- column valid (integer): 0: not to be reported
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
-- column unit_key: unit that computed the row; evoke why tells what it descends from
SELECT
  u.study, c.dataset, c.cohort, c.subject, c.stimulus, c.rating, c.feature_set, c.transform, p.lag_s, p.r, p.n,
  CASE WHEN p.r IS NULL THEN 0 ELSE c.valid END AS valid, trim(c.flags || coalesce(' ' || sf.flags, '')) AS flags,
  NULL AS folds_counted, NULL AS folds_total, 1 AS stimuli_counted, 'computed' AS origin,
  c.rating_transform, c.rater, c.run, c.model, c.layer_key, c.element, c.unit_key
FROM current_unit u
JOIN lag_curve c ON c.unit_key = u.unit_key
JOIN lag_point p ON p.curve_key = c.curve_key
LEFT JOIN sound_flag sf ON sf.unit_key = c.unit_key
ORDER BY u.study, u.run_id, c.dataset, c.cohort, c.rating, c.rating_transform, c.subject, c.rater, c.element, c.feature_set,
  c.model, c.layer_key, c.transform, c.stimulus, c.run, c.curve_key, p.lag_s
