-- What do scores come to over subjects, sessions and raters, cell by cell?
-- assumption: the newest expansion of each study name is shown; scores that other programs computed are left out
-- assumption: sums are those of stored summaries where nothing that they are made of was written to since, else of the scores themselves
-- order: run_id, fit_key
-- column run_id: first 12 hex digits of the SHA-256 of the expanded plan
-- column study: name of the study file
-- column study_kind: kind of the study
-- column dataset: dataset
-- column cohort: cohort; a dataset is a cohort of its own name
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
-- column score_count (integer): scores
-- column r_count (integer): of them with an r
-- column r_sum (real): sum of r: the mean is r_sum / r_count
-- column r_square_sum (real): sum of r * r
-- column r_max (real): largest r
-- column p_count (integer): scores with a p
-- column p_at_most_05 (integer): scores with p of at most .05, uncorrected
-- column valid_count (integer): scores that may be reported
-- column valid_r_count (integer): of them with an r
-- column valid_r_sum (real): sum of their r
-- column valid_r_square_sum (real): sum of their r * r
-- column valid_r_max (real): their largest r
-- column fit_key (text): the first fit of the cell by key, which tells cells of a run apart
SELECT
  r.run_id, s.name AS study, s.kind AS study_kind, c.dataset, c.cohort, c.feature_set, c.model, c.layer_key, c.depth, c.rel_depth, c.element,
  c.covariate_mode, c.target_kind, c.target, c.target_parameters, c.region, c.hemisphere, c.region_group, c.score_count, c.r_count, c.r_sum,
  c.r_square_sum, c.r_max, c.p_count, c.p_at_most_05, c.valid_count, c.valid_r_count, c.valid_r_sum, c.valid_r_square_sum, c.valid_r_max, c.fit_key
FROM run r
JOIN summarised_run k ON k.run_id = r.run_id
JOIN study s ON s.study_id = r.study_id
JOIN over_subjects c ON c.run_id = r.run_id
WHERE r.is_current = 1 AND r.purpose = 'results'
UNION ALL
SELECT
  u.run_id, u.study, u.study_kind, f.dataset, f.cohort, f.feature_set, f.model, f.layer_key, f.depth, f.rel_depth, f.element, f.covariate_mode,
  f.target_kind, f.target, f.target_parameters, f.region, f.hemisphere, f.region_group,
  count(*), count(sc.value), sum(sc.value), sum(sc.value * sc.value), max(sc.value),
  count(n.p), count(CASE WHEN n.p <= 0.05 THEN 1 END), count(CASE WHEN sc.valid = 1 THEN 1 END),
  count(CASE WHEN sc.valid = 1 THEN sc.value END), sum(CASE WHEN sc.valid = 1 THEN sc.value END),
  sum(CASE WHEN sc.valid = 1 THEN sc.value * sc.value END), max(CASE WHEN sc.valid = 1 THEN sc.value END), min(f.fit_key)
FROM current_unit u
JOIN fit f ON f.unit_key = u.unit_key
JOIN score sc ON sc.fit_key = f.fit_key AND sc.quantity = 'r'
LEFT JOIN null_summary n ON n.fit_key = f.fit_key AND n.quantity = 'r'
WHERE NOT EXISTS (SELECT 1 FROM summarised_run k WHERE k.run_id = u.run_id)
-- What differs most comes first: most comparisons of two scores end there.
GROUP BY
  f.region, f.layer_key, f.element, u.run_id, u.study, u.study_kind, f.dataset, f.cohort, f.feature_set, f.model, f.depth, f.rel_depth,
  f.covariate_mode, f.target_kind, f.target, f.target_parameters, f.hemisphere, f.region_group
