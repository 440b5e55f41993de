-- What does sound explain that pictures do not?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: all modes of a cell are computed by one unit
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
-- column covariate_mode (text): NULL: a row holds all modes
-- column target_kind: annotation, synchrony or response
-- column target: annotation, signal or response name, never the region
-- column target_parameters: JSON, as in the study file
-- column region: region or channel, NULL unless the target is regional
-- column hemisphere: left, right or NULL
-- column region_group: network, lobe or other group of the region
-- column r_audio_only (real): ordinary ridge on the audio features alone
-- column r_visual_only (real): ordinary ridge on the visual covariates alone
-- column r_joint (real): ordinary ridge on both, one lambda
-- column r_zeroed_shared (real): the joint model with the covariates at zero at prediction
-- column r_zeroed_banded (real): the banded model with the covariates at zero at prediction
-- column unique_r2 (real): banded R2 of both minus that of the covariates; out of sample biased downward with many columns, negative values stay
-- column p_audio_only (real): of r_audio_only; says nothing about audio beyond vision
-- column p_zeroed_banded (real): of r_zeroed_banded, against phase_residual
-- column p_unique (real): of unique_r2
-- column q_unique (real): Benjamini-Hochberg of p_unique over the family
-- column p_max_unique (real): maximum statistic of unique_r2 over the family
-- column audio_visual_r2 (real): share of the audio features' variance that the covariates explain
-- column leak_alarm (integer): 1: zeroing a copy of the features among the covariates still predicts
-- column subject_count (integer): subjects behind the target
-- column stimulus_count (integer): stimuli
-- column flags (text): space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column valid (integer): 0: not to be reported
-- column folds_counted (integer): outer folds the score is the mean of
-- column folds_total (integer): outer folds the target is cut into
-- column stimuli_counted (integer): stimuli that the counted folds test
-- column origin (text): computed
-- column product_r_audio (real): the audio's part of the banded model's r, cov(y, part) / (sd(y) sd(prediction)); both parts add up to the plain mean over folds of r
-- column product_r_visual (real): the covariates' part of it
-- column delays_s: JSON array of seconds: delays of the features, or those that one is chosen from; covariates have each delay
-- column delay_shape: single (a column per delay), chosen (one of them, by the training rows of each fold; fold_score_detail has it) or, of versions before, raised_cosine
-- column unit_key: unit that computed the row; evoke why tells what it descends from
WITH cell AS (
  SELECT
    u.run_id, u.unit_key, u.study, f.dataset, f.cohort, f.subject, f.session, f.rater, f.feature_set, f.model,
    f.layer_key, f.depth, f.rel_depth, f.element, f.target_kind, f.target, f.target_parameters, f.region,
    f.hemisphere, f.region_group, f.delays_s, f.delay_shape, f.subject_count, f.stimulus_count,
    f.covariate_mode || ' ' || sc.quantity AS what, sc.value, trim(sc.flags || coalesce(' ' || sf.flags, '')) AS flags, sc.valid,
    sc.folds_counted, sc.folds_total, sc.stimuli_counted, n.p, c.q_bh, c.p_max
  FROM current_unit u
  JOIN fit f ON f.unit_key = u.unit_key
  JOIN score sc ON sc.fit_key = f.fit_key
  LEFT JOIN null_summary n ON n.fit_key = f.fit_key AND n.quantity = sc.quantity
  LEFT JOIN family_member c ON c.fit_key = f.fit_key AND c.quantity = sc.quantity AND c.family_key = (
    SELECT m.family_key FROM run_family m WHERE m.fit_key = f.fit_key AND m.quantity = sc.quantity AND m.run_id = u.run_id
    ORDER BY m.family, m.family_key LIMIT 1)
  LEFT JOIN sound_flag sf ON sf.unit_key = f.unit_key
  WHERE f.covariate_mode <> 'none'
)
SELECT
  study, dataset, cohort, subject, session, rater, feature_set, model, layer_key, depth, rel_depth, element,
  NULL AS covariate_mode, target_kind, target, target_parameters, region, hemisphere, region_group,
  max(value) FILTER (WHERE what = 'audio_only r') AS r_audio_only,
  max(value) FILTER (WHERE what = 'visual_only r') AS r_visual_only,
  max(value) FILTER (WHERE what = 'joint r') AS r_joint,
  max(value) FILTER (WHERE what = 'zeroed_shared r') AS r_zeroed_shared,
  max(value) FILTER (WHERE what = 'zeroed_banded r') AS r_zeroed_banded,
  max(value) FILTER (WHERE what = 'zeroed_banded unique_r2') AS unique_r2,
  max(p) FILTER (WHERE what = 'audio_only r') AS p_audio_only,
  max(p) FILTER (WHERE what = 'zeroed_banded r') AS p_zeroed_banded,
  max(p) FILTER (WHERE what = 'zeroed_banded unique_r2') AS p_unique,
  max(q_bh) FILTER (WHERE what = 'zeroed_banded unique_r2') AS q_unique,
  max(p_max) FILTER (WHERE what = 'zeroed_banded unique_r2') AS p_max_unique,
  max(value) FILTER (WHERE what = 'zeroed_banded audio_visual_r2') AS audio_visual_r2,
  CAST(max(value) FILTER (WHERE what = 'zeroed_banded leak_alarm') AS INTEGER) AS leak_alarm,
  max(subject_count) AS subject_count,
  max(stimulus_count) AS stimulus_count,
  coalesce(max(flags) FILTER (WHERE what = 'zeroed_banded r'), max(flags)) AS flags,
  min(valid) FILTER (WHERE what LIKE '% r' OR what LIKE '% unique_r2') AS valid,
  min(folds_counted) FILTER (WHERE what LIKE '% r' OR what LIKE '% unique_r2') AS folds_counted,
  max(folds_total) FILTER (WHERE what LIKE '% r' OR what LIKE '% unique_r2') AS folds_total,
  min(stimuli_counted) FILTER (WHERE what LIKE '% r' OR what LIKE '% unique_r2') AS stimuli_counted,
  'computed' AS origin,
  max(value) FILTER (WHERE what = 'zeroed_banded product_r_audio') AS product_r_audio,
  max(value) FILTER (WHERE what = 'zeroed_banded product_r_visual') AS product_r_visual,
  delays_s, delay_shape, unit_key
FROM cell
GROUP BY
  run_id, unit_key, study, dataset, cohort, subject, session, rater, feature_set, model, layer_key, depth, rel_depth,
  element, target_kind, target, target_parameters, region, hemisphere, region_group, delays_s, delay_shape
ORDER BY
  study, run_id, dataset, cohort, target_kind, target, target_parameters, subject, rater, element, feature_set, model,
  depth, layer_key, region, unit_key
