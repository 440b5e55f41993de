-- How is each set or covariate penalised, fold by fold, where they are penalised apart?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: the loss is the squared error and, for each set, its penalty times its squared weights, columns standardised over the training rows
-- column study: name of the study file
-- column dataset: dataset
-- column cohort: cohort; a dataset is a cohort of its own name
-- column subject: subject, NULL for a group result
-- column session: session, NULL for a group result
-- column rater: rater, NULL for a group result
-- column feature_set: descriptor set, imported space or model; of a joint model its sets
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
-- column band: set or covariate
-- column penalty: on its squared weights
-- column weight: of its prediction in a stack, 0 to 1; NULL where sets are fitted together
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
  o.fold, o.band, o.penalty, o.weight,
  sc.valid, trim(sc.flags || coalesce(' ' || sf.flags, '')) AS flags, sc.folds_counted, sc.folds_total, sc.stimuli_counted,
  'computed' AS origin, f.unit_key
FROM current_unit u
JOIN fit f ON f.unit_key = u.unit_key
JOIN fold_penalty o ON o.fit_key = f.fit_key
LEFT JOIN score sc ON sc.fit_key = f.fit_key AND sc.quantity = 'r'
LEFT JOIN sound_flag sf ON sf.unit_key = f.unit_key
ORDER BY u.study, u.run_id, f.dataset, f.cohort, f.target_kind, f.target, f.target_parameters, f.subject, f.rater, f.element,
  f.feature_set, f.model, f.depth, f.layer_key, f.covariate_mode, f.region, f.fit_key, o.fold, o.band
