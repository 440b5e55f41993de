-- What does each of several feature sets explain that the others do not?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: all models of a cell have the same rows and folds; negative shares are kept
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
-- column other_sets: the sets it was fitted together with
-- column unique_r2: R2 of all sets less R2 of the other sets; out of sample biased downward with many columns, negative values stay
-- column shared_r2: R2 of the set alone less its unique R2
-- column total_r2: R2 of all sets
-- column product_r: cov(y, part of the prediction) / (sd(y) sd(prediction)); the sets' values add up to the plain mean over folds of r
-- column null_kind: how null draws were made
-- column null_draws: number of null draws
-- column null_mean: mean of the null draws of unique_r2
-- column null_p95: 95th percentile of the null draws
-- column p: of unique_r2, (k+1)/(draws+1)
-- column p_floor: smallest p these draws can give
-- column q_bh: Benjamini-Hochberg over the family, NULL while a member is missing
-- column p_max: studentised maximum statistic over the family, NULL while a member is missing
-- column family (text): cells corrected together
-- column flags (text): space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column valid: 0: not to be reported
-- column folds_counted: outer folds the score is the mean of
-- column folds_total: outer folds the target is cut into
-- column stimuli_counted: stimuli that the counted folds test
-- column origin (text): computed
-- column delays_s: JSON array of seconds: delays of the features, or those that one is chosen from
-- column delay_shape: single (a column per delay), chosen (one of them, by the training rows of each fold; fold_score_detail has it) or, of versions before, raised_cosine
-- column others_shared_r2: of three sets, what the other two explain in common that this one does not; NULL of two
-- column common_r2: of three sets, what all of them explain in common; NULL of two
-- column unit_key: unit that computed the row; evoke why tells what it descends from
SELECT
  u.study, f.dataset, f.cohort, f.subject, f.session, f.rater, f.feature_set, f.model, f.layer_key, f.depth,
  f.rel_depth, f.element, f.covariate_mode, f.target_kind, f.target, f.target_parameters, f.region,
  f.hemisphere, f.region_group,
  f.other_sets, q.value AS unique_r2,
  -- Looked up and not joined: a question about other columns asks for none of these.
  (SELECT s.value FROM score s WHERE s.fit_key = f.fit_key AND s.quantity = 'shared_r2') AS shared_r2,
  (SELECT s.value FROM score s WHERE s.fit_key = f.fit_key AND s.quantity = 'total_r2') AS total_r2,
  (SELECT s.value FROM score s WHERE s.fit_key = f.fit_key AND s.quantity = 'product_r') AS product_r,
  (SELECT n.null_kind FROM null_summary n WHERE n.fit_key = f.fit_key AND n.quantity = 'unique_r2') AS null_kind,
  (SELECT n.null_draws FROM null_summary n WHERE n.fit_key = f.fit_key AND n.quantity = 'unique_r2') AS null_draws,
  (SELECT n.null_mean FROM null_summary n WHERE n.fit_key = f.fit_key AND n.quantity = 'unique_r2') AS null_mean,
  (SELECT n.null_p95 FROM null_summary n WHERE n.fit_key = f.fit_key AND n.quantity = 'unique_r2') AS null_p95,
  (SELECT n.p FROM null_summary n WHERE n.fit_key = f.fit_key AND n.quantity = 'unique_r2') AS p,
  (SELECT n.p_floor FROM null_summary n WHERE n.fit_key = f.fit_key AND n.quantity = 'unique_r2') AS p_floor,
  (SELECT c.q_bh FROM run_family c WHERE c.fit_key = f.fit_key AND c.quantity = 'unique_r2' AND c.run_id = u.run_id
    ORDER BY c.family, c.family_key LIMIT 1) AS q_bh,
  (SELECT c.p_max FROM run_family c WHERE c.fit_key = f.fit_key AND c.quantity = 'unique_r2' AND c.run_id = u.run_id
    ORDER BY c.family, c.family_key LIMIT 1) AS p_max,
  (SELECT c.family FROM run_family c WHERE c.fit_key = f.fit_key AND c.quantity = 'unique_r2' AND c.run_id = u.run_id
    ORDER BY c.family, c.family_key LIMIT 1) AS family,
  trim(q.flags || coalesce(' ' || sf.flags, '')) AS flags,
  q.valid, q.folds_counted, q.folds_total, q.stimuli_counted, 'computed' AS origin,
  f.delays_s, f.delay_shape,
  (SELECT s.value FROM score s WHERE s.fit_key = f.fit_key AND s.quantity = 'others_shared_r2') AS others_shared_r2,
  (SELECT s.value FROM score s WHERE s.fit_key = f.fit_key AND s.quantity = 'common_r2') AS common_r2, f.unit_key
FROM current_unit u
JOIN fit f ON f.unit_key = u.unit_key AND f.other_sets IS NOT NULL
JOIN score q ON q.fit_key = f.fit_key AND q.quantity = 'unique_r2'
LEFT JOIN sound_flag sf ON sf.unit_key = f.unit_key
ORDER BY u.study, u.run_id, f.dataset, f.cohort, f.target_kind, f.target, f.target_parameters, f.subject, f.rater, f.element,
  f.other_sets, f.feature_set, f.model, f.depth, f.layer_key, f.covariate_mode, f.region, f.fit_key
