-- Which scores can stand in a family, and what are they against their own null?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: evoke family define takes rows of one quantity, null kind, number of draws, seed and kind of target
-- order: study, run_id, dataset, cohort, target_kind, target, target_parameters, subject, rater, element, feature_set, model, depth, layer_key, covariate_mode, region, fit_key, quantity
-- column run_id: first 12 hex digits of the SHA-256 of the expanded plan
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
-- column other_sets: sets of the same joint model, NULL where there is one set
-- column quantity: r or unique_r2
-- column value: the score
-- column null_kind: how null draws were made, NULL without draws
-- column null_draws: number of null draws
-- column p: (k+1)/(draws+1), of the score alone
-- column p_floor: smallest p these draws can give
-- column seed: seed of the study; draws of one seed are the same draws in all cells
-- column array: name of the array of draws, NULL where the study keeps none
-- column array_column: its column of this score
-- column valid: 0: not to be reported
-- column flags (text): space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column folds_counted: outer folds the score is the mean of
-- column folds_total: outer folds the target is cut into
-- column stimuli_counted: stimuli that the counted folds test
-- column origin (text): computed
-- column fit_key: identity of the fit
-- column unit_key: unit that computed the row; evoke why tells what it descends from
SELECT
  u.run_id, u.study, f.dataset, f.cohort, f.subject, f.session, f.rater, f.feature_set, f.model, f.layer_key, f.depth,
  f.rel_depth, f.element, f.covariate_mode, f.target_kind, f.target, f.target_parameters, f.region, f.hemisphere,
  f.region_group, f.other_sets,
  sc.quantity, sc.value, n.null_kind, n.null_draws, n.p, n.p_floor, r.seed, n.array, n.column_index AS array_column,
  sc.valid, trim(sc.flags || coalesce(' ' || sf.flags, '')) AS flags, sc.folds_counted, sc.folds_total,
  sc.stimuli_counted, 'computed' AS origin, f.fit_key, f.unit_key
FROM current_unit u
JOIN run r ON r.run_id = u.run_id
JOIN fit f ON f.unit_key = u.unit_key
JOIN score sc ON sc.fit_key = f.fit_key AND sc.quantity IN ('r', 'unique_r2')
LEFT JOIN null_summary n ON n.fit_key = f.fit_key AND n.quantity = sc.quantity
LEFT JOIN sound_flag sf ON sf.unit_key = f.unit_key
