-- How well does each feature space predict each target, against its null?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: negative scores are kept
-- assumption: rows of origin external are other programs' (evoke import scores): nothing here judged or corrected them, so that valid, flags, p, p_floor, q_bh, p_max and family are NULL
-- assumption: the interval is of the expected score of a fold at this training size, over new stimuli or time of the same kind
-- column run_id: first 12 hex digits of the SHA-256 of the expanded plan, NULL for an external score
-- column study: name of the study file; of an external score what its table says, else the table's name
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
-- column delays_s: JSON array of seconds: delays of the features, or those that one is chosen from
-- column stimulus_count: stimuli
-- column subject_count: subjects behind the target
-- column dropped_count: rows left out
-- column sample_count: rows
-- column effective_n: rows corrected for autocorrelation (Bartlett), none across stimuli; NULL where target or prediction do not vary
-- column r: Fisher-z mean of the outer folds' correlations
-- column low: lower end of the 95 % interval, NULL below four counted folds or stimuli
-- column high: upper end of the 95 % interval
-- column interval_kind: unit and method of the interval
-- column tail: greater or two-sided
-- column r2: fold mean, against the training mean
-- column r_pooled: correlation of concatenated predictions
-- column lambda_median: median chosen penalty over folds; NULL where sets are fitted alone and weighed, each by its own
-- column lambda_at_edge: folds whose penalty stands at the end of the grid
-- column noise_ceiling: of the target
-- column r_normalised: r / noise ceiling
-- column null_kind: how null draws were made
-- column null_draws: number of null draws
-- column null_mean: mean of the null draws
-- column null_p95: 95th percentile of the null draws
-- column p: (k+1)/(draws+1)
-- column p_floor: smallest p these draws can give
-- column q_bh: Benjamini-Hochberg over the family, NULL while a member is missing
-- column p_max: studentised maximum statistic over the family, NULL while a member is missing
-- column family (text): cells corrected together
-- column flags (text): space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column valid: 0: not to be reported; NULL: an external score, which was not judged
-- column folds_counted: outer folds the score is the mean of
-- column folds_total: outer folds the target is cut into
-- column stimuli_counted: stimuli that the counted folds test
-- column origin (text): computed, or external: of another program
-- column generalises_to: what the interval speaks of, NULL without one
-- column r2_normalised: r2 / squared noise ceiling
-- column partial_count: rows whose target is a mean over some of the raters or subjects
-- column thin_count: rows whose target is missing as too few raters or subjects are there
-- column r_plain: r of the same model with position left in; r itself speaks of effects faster than 40 s unless position: none or the flag slow_left_in
-- column r_position: r of the time since a stimulus began as the only feature
-- column p_mismatch: of r against features of other stimuli, by permutations with the identity
-- column mismatch_reason: why p_mismatch is NULL
-- column p_prewhitened: of features and target without the target's own memory; stands beside p, never alone
-- column delay_shape: single (a column per delay), chosen (one of them, by the training rows of each fold; fold_score_detail has it) or, of versions before, raised_cosine
-- column beats_twins (real): p that r is larger than that of every twin the study asked for, the largest of the one-sided corrected t; NULL where none was asked for or one of them has no p. It says: beats these twins, and nothing of other models of the sound
-- column hardest_twin (text): the twin of that p: position, spectrum or permuted
-- column twins (text): the twins it was compared with; a feature may lack one
-- column false_positive_rate: of this design where nothing is planted, by p at level .05 (evoke calibrate); NULL before
-- column false_positive_se: standard error of false_positive_rate
-- column p_external (real): p as the other program gave it, NULL for scores computed here; never pooled with p
-- column software (text): the other program, NULL for scores computed here
-- column unit_key: unit that computed the row, or the import that brought it; evoke why tells what it descends from
WITH calibrated AS (
  SELECT s.name AS study, k.fit_key, k.rate, k.se
  FROM calibration_rate k
  JOIN run_unit ru ON ru.unit_key = k.unit_key
  JOIN run r ON r.run_id = ru.run_id AND r.is_current = 1 AND r.purpose = 'calibration'
  JOIN study s ON s.study_id = r.study_id
  WHERE k.scope = 'cell' AND k.scenario = 'planted_nothing' AND k.quantity = 'r'
)
SELECT
  u.run_id, u.study, f.dataset, f.cohort, f.subject, f.session, f.rater, f.feature_set, f.model, f.layer_key,
  f.depth, f.rel_depth, f.element, f.covariate_mode, f.target_kind, f.target, f.target_parameters, f.region,
  f.hemisphere, f.region_group,
  f.delays_s, f.stimulus_count, f.subject_count, f.dropped_count, f.sample_count, f.effective_n,
  sc.value AS r, sc.low, sc.high, sc.interval_kind, sc.tail,
  sc.r2, sc.r_pooled, sc.lambda_median, sc.lambda_at_edge, sc.noise_ceiling, sc.r_normalised,
  n.null_kind, n.null_draws, n.null_mean, n.null_p95, n.p, n.p_floor, c.q_bh, c.p_max, cf.name AS family,
  trim(sc.flags || coalesce(' ' || sf.flags, '')) AS flags, sc.valid, sc.folds_counted, sc.folds_total, sc.stimuli_counted, 'computed' AS origin,
  sc.generalises_to, sc.r2_normalised, f.partial_count, f.thin_count,
  pl.value AS r_plain, po.value AS r_position, mm.p AS p_mismatch, f.mismatch_reason, pw.p AS p_prewhitened,
  f.delay_shape,
  w.p AS beats_twins, CASE WHEN w.p IS NOT NULL THEN w.twin END AS hardest_twin,
  (
    SELECT rtrim(max(CASE WHEN t.twin = 'position' THEN 'position ' ELSE '' END)
      || max(CASE WHEN t.twin = 'spectrum' THEN 'spectrum ' ELSE '' END)
      || max(CASE WHEN t.twin = 'permuted' THEN 'permuted' ELSE '' END))
    FROM run_twin t WHERE t.fit_key = f.fit_key AND t.run_id = u.run_id
  ) AS twins,
  fp.rate AS false_positive_rate, fp.se AS false_positive_se, CAST(NULL AS REAL) AS p_external,
  CAST(NULL AS TEXT) AS software, f.unit_key
FROM current_unit u
JOIN fit f ON f.unit_key = u.unit_key
JOIN score sc ON sc.fit_key = f.fit_key AND sc.quantity = 'r'
LEFT JOIN null_summary n ON n.fit_key = f.fit_key AND n.quantity = 'r'
LEFT JOIN score pl ON pl.fit_key = f.fit_key AND pl.quantity = 'r_plain'
LEFT JOIN score po ON po.fit_key = f.fit_key AND po.quantity = 'r_position'
LEFT JOIN null_summary mm ON mm.fit_key = f.fit_key AND mm.quantity = 'r_mismatch'
LEFT JOIN null_summary pw ON pw.fit_key = f.fit_key AND pw.quantity = 'r_prewhitened'
LEFT JOIN calibrated fp ON fp.study = u.study AND fp.fit_key = f.fit_key
LEFT JOIN family_member c ON c.fit_key = f.fit_key AND c.quantity = 'r' AND c.family_key = (
  SELECT m.family_key FROM run_family m WHERE m.fit_key = f.fit_key AND m.quantity = 'r' AND m.run_id = u.run_id
  ORDER BY m.family, m.family_key LIMIT 1)
LEFT JOIN family cf ON cf.family_key = c.family_key
-- The hardest twin; one without p before all others.
LEFT JOIN twin_contrast w ON w.twin_contrast_id = (
  SELECT t.twin_contrast_id FROM run_twin t WHERE t.fit_key = f.fit_key AND t.run_id = u.run_id
  ORDER BY t.p IS NOT NULL, t.p DESC, t.twin_contrast_id LIMIT 1)
LEFT JOIN sound_flag sf ON sf.unit_key = f.unit_key
UNION ALL
SELECT
  r.run_id AS run_id, x.study AS study, x.dataset AS dataset, x.cohort, x.subject, x.session, x.rater, x.feature_set,
  x.model, x.layer_key,
  x.depth, x.rel_depth, x.element, x.covariate_mode, x.target_kind, x.target, x.target_parameters, x.region,
  x.hemisphere, x.region_group,
  x.delays_s, x.stimulus_count, x.subject_count, x.dropped_count, x.sample_count, x.effective_n,
  x.r, x.low, x.high, x.interval_kind, x.tail,
  x.r2, x.r_pooled, x.lambda_median, x.lambda_at_edge, x.noise_ceiling, x.r_normalised,
  x.null_kind, x.null_draws, x.null_mean, x.null_p95, n.p, n.p_floor, n.p, n.p, r.run_id,
  NULL, sc.valid, x.folds_counted, x.folds_total, x.stimuli_counted, 'external',
  x.generalises_to, x.r2_normalised, f.partial_count, f.thin_count,
  sc.value, sc.value, n.p, f.mismatch_reason, n.p,
  f.delay_shape,
  n.p, NULL, NULL,
  k.rate, k.se, x.p_external, x.software, v.activity_key AS unit_key
FROM external_score x
JOIN activity v ON v.activity_id = x.activity_id
-- What only scores computed here have: NULL, of the same types.
LEFT JOIN run r ON false
LEFT JOIN fit f ON false
LEFT JOIN score sc ON false
LEFT JOIN null_summary n ON false
LEFT JOIN calibration_rate k ON false
ORDER BY study, run_id, dataset, cohort, target_kind, target, target_parameters, subject, rater, element,
  feature_set, model, depth, layer_key, covariate_mode, region, unit_key
