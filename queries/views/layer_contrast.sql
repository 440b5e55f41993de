-- Do groups of layers differ?
-- tier: result
-- assumption: of several layers `take: max` takes the one that the inner folds choose on the training rows
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- column study: name of the study file
-- column dataset: dataset
-- column cohort: cohort; a dataset is a cohort of its own name
-- column subject (text): subject, NULL for a group result
-- column session: session, NULL for a group result
-- column rater: rater, NULL for a group result
-- column feature_set: descriptor set, imported space or model
-- column model: model, NULL where there is none
-- column layer_key (text): NULL: a contrast is over layers
-- column depth (integer): NULL: a contrast is over layers
-- column rel_depth (real): NULL: a contrast is over layers
-- column element: original, voice or soundtrack
-- column covariate_mode: none, audio_only, visual_only, joint, zeroed_shared or zeroed_banded
-- column target_kind: annotation, synchrony or response
-- column target: annotation, signal or response name, never the region
-- column target_parameters: JSON, as in the study file
-- column region: region or channel, NULL unless the target is regional
-- column hemisphere: left, right or NULL
-- column region_group: network, lobe or other group of the region
-- column contrast: name of the contrast
-- column difference: a minus b in Fisher z, the mean over folds or left-out stimuli (over subjects, of their means)
-- column low: lower end of the 95 % interval, NULL below four folds or stimuli
-- column high: upper end of the 95 % interval
-- column interval_kind: unit and method of the interval
-- column tail: greater or two-sided
-- column unit: what varies: fold, stimulus or subject
-- column unit_count: how many of them
-- column test: corrected_t (over folds or stimuli, its variance allowing for training sets that overlap) or t (over subjects)
-- column null_kind: NULL: nothing is drawn
-- column null_draws: NULL: nothing is drawn
-- column null_mean: NULL: nothing is drawn
-- column null_p95: NULL: nothing is drawn
-- column p: two-sided; of the same t as the interval, which leaves 0 out exactly where p is below .05
-- column p_floor: NULL: nothing is drawn
-- column q_bh: Benjamini-Hochberg over the family, NULL while a member is missing
-- column p_max: NULL: nothing is drawn
-- column family: cells corrected together
-- column valid: 0: not to be reported
-- column flags (text): space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column folds_counted: outer folds that count in every fit of both sides; of a t over subjects those of the subject with the fewest
-- column folds_total: outer folds the target is cut into
-- column stimuli_counted: stimuli that the counted folds test
-- column origin (text): computed
-- column subject_count: subjects whose differences are averaged, those that have a score; NULL for one target
-- column r_a: Fisher mean of a over the counted folds; of several layers their mean, or those the inner folds choose
-- column r_b: Fisher mean of b over the counted folds
-- column generalises_to: what p and interval speak of, NULL without them
-- column reason: why there is no p
-- column unit_key: unit that computed the row; evoke why tells what it descends from
SELECT
  u.study, f.dataset, f.cohort, CASE WHEN d.subject_count IS NULL THEN f.subject END AS subject, f.session, f.rater, f.feature_set, f.model, NULL AS layer_key, NULL
  AS depth, NULL AS rel_depth, f.element, f.covariate_mode, f.target_kind, f.target, f.target_parameters,
  f.region, f.hemisphere, f.region_group,
  d.name AS contrast, d.difference, d.low, d.high, d.interval_kind, d.tail,
  d.unit, d.unit_count, d.test,
  d.null_kind, d.null_draws, d.null_mean, d.null_p95, d.p, d.p_floor, d.q_bh, d.p_max, d.family,
  d.valid, trim(d.flags || coalesce(' ' || sf.flags, '')) AS flags, d.folds_counted, d.folds_total, d.stimuli_counted, 'computed' AS origin, d.subject_count,
  d.r_a, d.r_b, d.generalises_to, d.reason, d.unit_key
FROM current_unit u
JOIN contrast d ON d.unit_key = u.unit_key
JOIN fit f ON f.fit_key = d.fit_key
LEFT JOIN sound_flag sf ON sf.unit_key = f.unit_key
ORDER BY u.study, u.run_id, f.dataset, f.cohort, f.target_kind, f.target, f.target_parameters, f.subject, f.rater, f.element,
  f.feature_set, f.model, f.depth, f.layer_key, f.covariate_mode, f.region, f.fit_key, d.name
