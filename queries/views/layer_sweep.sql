-- How does the score run through the depth of a model, and which layer peaks?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: the peak's r is optimistic on the data that chose it; peak_share is not, its choices are made without what is tested
-- order: study, dataset, cohort, target_kind, target, target_parameters, subject, rater, element, feature_set, model, depth, layer_key, covariate_mode, region, unit_key
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
-- column r: Fisher-z mean of the outer folds' correlations
-- column low: lower end of the 95 % interval, NULL below four counted folds or stimuli
-- column high: upper end of the 95 % interval
-- column interval_kind: unit and method of the interval
-- column tail: greater or two-sided
-- column null_kind: how null draws were made
-- column null_draws: number of null draws
-- column null_mean: mean of the null draws
-- column null_p95: 95th percentile of the null draws
-- column p: (k+1)/(draws+1)
-- column p_floor: smallest p these draws can give
-- column q_bh: Benjamini-Hochberg over the family, NULL while a member is missing
-- column p_max: studentised maximum statistic over the family, NULL while a member is missing
-- column family (text): cells corrected together
-- column is_peak (integer): 1: largest r of its sweep; NULL until the sweep is compared and for spaces without layers
-- column peak_share: share of outer folds whose inner folds, on the training rows, choose the layer
-- column sample_count: rows
-- column stimulus_count: stimuli
-- column subject_count: subjects behind the target
-- column valid: 0: not to be reported
-- column flags (text): space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column folds_counted: outer folds the score is the mean of
-- column folds_total: outer folds the target is cut into
-- column stimuli_counted: stimuli that the counted folds test
-- column origin (text): computed
-- column generalises_to: what the interval speaks of, NULL without one
-- column beats_twins (real): p that r is larger than that of every twin the study asked for, the largest of the one-sided corrected t; NULL where none was asked for or one of them has no p. It says: beats these twins, and nothing of other models of the sound
-- column hardest_twin (text): the twin of that p: position, spectrum or permuted
-- column twins (text): the twins it was compared with; a feature may lack one
-- column unit_key: unit that computed the row; evoke why tells what it descends from
SELECT
  u.study, f.dataset, f.cohort, f.subject, f.session, f.rater, f.feature_set, f.model, f.layer_key, f.depth,
  f.rel_depth, f.element, f.covariate_mode, f.target_kind, f.target, f.target_parameters, f.region,
  f.hemisphere, f.region_group,
  sc.value AS r, sc.low, sc.high, sc.interval_kind, sc.tail,
  -- Looked up and not joined: a question about other columns asks for none of these, not even where it adds rows up.
  (SELECT n.null_kind FROM null_summary n WHERE n.fit_key = f.fit_key AND n.quantity = 'r') AS null_kind,
  (SELECT n.null_draws FROM null_summary n WHERE n.fit_key = f.fit_key AND n.quantity = 'r') AS null_draws,
  (SELECT n.null_mean FROM null_summary n WHERE n.fit_key = f.fit_key AND n.quantity = 'r') AS null_mean,
  (SELECT n.null_p95 FROM null_summary n WHERE n.fit_key = f.fit_key AND n.quantity = 'r') AS null_p95,
  (SELECT n.p FROM null_summary n WHERE n.fit_key = f.fit_key AND n.quantity = 'r') AS p,
  (SELECT n.p_floor FROM null_summary n WHERE n.fit_key = f.fit_key AND n.quantity = 'r') AS p_floor,
  (SELECT c.q_bh FROM run_family c WHERE c.fit_key = f.fit_key AND c.quantity = 'r' AND c.run_id = u.run_id
    ORDER BY c.family, c.family_key LIMIT 1) AS q_bh,
  (SELECT c.p_max FROM run_family c WHERE c.fit_key = f.fit_key AND c.quantity = 'r' AND c.run_id = u.run_id
    ORDER BY c.family, c.family_key LIMIT 1) AS p_max,
  (SELECT c.family FROM run_family c WHERE c.fit_key = f.fit_key AND c.quantity = 'r' AND c.run_id = u.run_id
    ORDER BY c.family, c.family_key LIMIT 1) AS family,
  (SELECT k.is_peak FROM sweep_layer k JOIN run_unit x ON x.unit_key = k.unit_key AND x.run_id = u.run_id
    WHERE k.fit_key = f.fit_key ORDER BY k.is_peak DESC, k.unit_key LIMIT 1) AS is_peak,
  (SELECT k.peak_share FROM sweep_layer k JOIN run_unit x ON x.unit_key = k.unit_key AND x.run_id = u.run_id
    WHERE k.fit_key = f.fit_key ORDER BY k.is_peak DESC, k.unit_key LIMIT 1) AS peak_share,
  f.sample_count, f.stimulus_count, f.subject_count,
  sc.valid, trim(sc.flags || coalesce(' ' || sf.flags, '')) AS flags, sc.folds_counted, sc.folds_total, sc.stimuli_counted, 'computed' AS origin, sc.generalises_to,
  -- The hardest twin; one without p before all others.
  (SELECT t.p FROM run_twin t WHERE t.fit_key = f.fit_key AND t.run_id = u.run_id
    ORDER BY t.p IS NOT NULL, t.p DESC, t.twin_contrast_id LIMIT 1) AS beats_twins,
  (SELECT CASE WHEN t.p IS NOT NULL THEN t.twin END FROM run_twin t WHERE t.fit_key = f.fit_key AND t.run_id = u.run_id
    ORDER BY t.p IS NOT NULL, t.p DESC, t.twin_contrast_id LIMIT 1) AS hardest_twin,
  (SELECT rtrim(max(CASE WHEN t.twin = 'position' THEN 'position ' ELSE '' END)
      || max(CASE WHEN t.twin = 'spectrum' THEN 'spectrum ' ELSE '' END)
      || max(CASE WHEN t.twin = 'permuted' THEN 'permuted' ELSE '' END))
    FROM run_twin t WHERE t.fit_key = f.fit_key AND t.run_id = u.run_id) AS twins,
  f.unit_key
FROM current_unit u
JOIN fit f ON f.unit_key = u.unit_key
JOIN score sc ON sc.fit_key = f.fit_key AND sc.quantity = 'r'
LEFT JOIN sound_flag sf ON sf.unit_key = f.unit_key
WHERE u.study_kind IN ('layer_sweep', 'architecture_comparison')
