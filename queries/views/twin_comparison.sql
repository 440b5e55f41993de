-- Does each feature space predict more than trivial models of the same target?
-- tier: result
-- assumption: the newest expansion of each study name is shown
-- assumption: a small p says that the features beat this twin; a better model of the sound may still do as well
-- column study: name of the study file
-- column dataset: dataset
-- column cohort: cohort; a dataset is a cohort of its own name
-- column subject (text): subject, NULL for a group result
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
-- column twin: position (the time since a stimulus began), spectrum (log-mel, as wide as the features and with their context) or permuted (the network with permuted weights)
-- column r: Fisher mean of the features over the folds that count in both
-- column r_twin: Fisher mean of the twin over the same folds
-- column difference: r minus r_twin in Fisher z, the mean over folds or stimuli
-- column low: lower end of the 90 % interval of the difference, above 0 exactly where p is below .05; NULL below four folds or stimuli
-- column high: upper end of the interval
-- column interval_kind: unit and method of the interval
-- column tail (text): greater
-- column p: corrected t (Nadeau and Bengio) over folds or left-out stimuli, NULL below four
-- column twin_set: feature set of the twin's own row in encoding_score; of position the features', whose r_position it is
-- column valid: 0: a score of the two is not to be reported
-- column flags (text): space-separated warnings of the two; evoke explain FLAG tells what each means and what helps
-- column folds_counted: folds that count in both
-- column folds_total: outer folds the target is cut into
-- column stimuli_counted: stimuli that the counted folds test
-- column origin (text): computed
-- column generalises_to: what p and interval speak of, NULL without them
-- column subject_count: subjects whose differences are averaged fold by fold, NULL for one target
-- column unit_key: unit that compared them; evoke why tells what it descends from
SELECT
  u.study, f.dataset, f.cohort, CASE WHEN t.subject_count IS NULL THEN f.subject END AS subject, f.session, f.rater,
  f.feature_set, f.model, f.layer_key, f.depth, f.rel_depth, f.element, f.covariate_mode, f.target_kind, f.target,
  f.target_parameters, f.region,
  f.hemisphere, f.region_group,
  t.twin, t.r, t.r_twin, t.difference, t.low, t.high, t.interval_kind, 'greater' AS tail, t.p,
  g.feature_set AS twin_set, t.valid, trim(t.flags || coalesce(' ' || sf.flags, '')) AS flags, t.folds_counted, t.folds_total,
  t.stimuli_counted, 'computed' AS origin, t.generalises_to, t.subject_count, t.unit_key
FROM current_unit u
JOIN twin_contrast t ON t.unit_key = u.unit_key
JOIN fit f ON f.fit_key = t.fit_key
JOIN fit g ON g.fit_key = t.twin_fit_key
LEFT JOIN sound_flag sf ON sf.unit_key = f.unit_key
ORDER BY u.study, u.run_id, f.dataset, f.cohort, f.target_kind, f.target, f.target_parameters, f.subject, f.rater, f.element,
  f.feature_set, f.model, f.depth, f.layer_key, f.covariate_mode, f.region, f.fit_key, t.twin, t.subject_count,
  t.unit_key, t.twin_contrast_id
