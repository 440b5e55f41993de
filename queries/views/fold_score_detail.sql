-- What did each outer fold score, with which penalty, on how many rows?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- order: study, dataset, cohort, target_kind, target, target_parameters, subject, rater, element, feature_set, model, depth, layer_key, covariate_mode, region, unit_key, fold
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
-- column fold: outer fold
-- column test_stimuli: JSON array of the stimuli the test rows come from
-- column train_count: training rows
-- column test_count: test rows
-- column lambda: chosen penalty; NULL where sets are fitted alone and weighed, each by its own
-- column r: correlation of prediction and target in the test rows
-- column r2: against the training mean
-- column effective_n: of the target's test rows alone, NULL where it does not vary; below 10 a fold is left out of the means
-- column is_counted: 1 where the fold counts in the score; all count where fewer than two reach an effective n of 10
-- column gap_s: seconds purged on both sides of the test rows
-- column delay_s: the delay that the training rows choose where delay_shape of encoding_score is chosen, otherwise NULL
-- column inner_r: Fisher mean over inner folds on the training rows; contrasts with take: max and peak_share choose by it
-- column valid: 0: the score of the fit is not to be reported
-- column flags (text): space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column folds_counted: outer folds the score of the fit is the mean of
-- column folds_total: outer folds the target is cut into
-- column stimuli_counted: stimuli that the counted folds test
-- column origin (text): computed
-- column unit_key: unit that computed the row; evoke why tells what it descends from
SELECT
  u.study, f.dataset, f.cohort, f.subject, f.session, f.rater, f.feature_set, f.model, f.layer_key, f.depth,
  f.rel_depth, f.element, f.covariate_mode, f.target_kind, f.target, f.target_parameters, f.region,
  f.hemisphere, f.region_group,
  o.fold, o.test_stimuli, o.train_count, o.test_count, o.lambda, o.r, o.r2,
  o.effective_n, o.is_counted, o.gap_s,
  (SELECT d.delay_s FROM fold_delay d WHERE d.fit_key = o.fit_key AND d.fold = o.fold) AS delay_s, o.inner_r,
  sc.valid, trim(sc.flags || coalesce(' ' || sf.flags, '')) AS flags, sc.folds_counted, sc.folds_total, sc.stimuli_counted, 'computed' AS origin, f.unit_key
FROM current_unit u
JOIN fit f ON f.unit_key = u.unit_key
-- Before the folds: looked up once for each fit.
LEFT JOIN score sc ON sc.fit_key = f.fit_key AND sc.quantity = 'r'
LEFT JOIN sound_flag sf ON sf.unit_key = f.unit_key
JOIN fold_score o ON o.fit_key = f.fit_key
