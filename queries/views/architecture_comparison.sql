-- How do the layers of several models predict, each over its own depth, and is the middle above the end?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: depths of different networks are compared as shares; what a layer does at one share of the depth differs between training objectives
-- column study: name of the study file
-- column dataset: dataset
-- column cohort: cohort; a dataset is a cohort of its own name
-- column subject (text): subject, NULL for a group result
-- column session: session, NULL for a group result
-- column rater: rater, NULL for a group result
-- column feature_set: descriptor set, imported space or model
-- column model: model, NULL where there is none
-- column layer_key (text): NULL: a row holds the layers of a part of the depth
-- column depth (integer): NULL: several layers
-- column rel_depth (real): NULL: several layers; rel_depth_bin says where
-- column element: original, voice or soundtrack
-- column covariate_mode: none, audio_only, visual_only, joint, zeroed_shared or zeroed_banded
-- column target_kind: annotation, synchrony or response
-- column target: annotation, signal or response name, never the region
-- column target_parameters: JSON, as in the study file
-- column region: region or channel, NULL unless the target is regional
-- column hemisphere: left, right or NULL
-- column region_group: network, lobe or other group of the region
-- column rel_depth_bin (real): middle of the part of the relative depth
-- column r: Fisher mean over the part's layers and the folds that count in every layer of every model of the target
-- column low: lower end of the 95 % interval of r, NULL below four folds or stimuli
-- column high: upper end of the 95 % interval
-- column interval_kind: unit and method of the interval
-- column tail (text): two-sided: of p
-- column middle_minus_final: of the model, the same in all of its rows: the middle layers less the last one in Fisher z, the mean over folds or left-out stimuli
-- column null_kind (text): NULL: nothing is drawn
-- column null_draws (integer): NULL: nothing is drawn
-- column null_mean (real): NULL: nothing is drawn
-- column null_p95 (real): NULL: nothing is drawn
-- column p: of middle_minus_final, corrected t, two-sided; NULL below four folds or stimuli
-- column p_floor (real): NULL: nothing is drawn
-- column q_bh: Benjamini-Hochberg over the family
-- column p_max (real): NULL: nothing is drawn
-- column family: cells corrected together
-- column valid: 0: not to be reported; of r
-- column flags (text): space-separated warnings of the part's layers; evoke explain FLAG tells what each means and what helps
-- column folds_counted: outer folds r is the mean of
-- column folds_total: outer folds the target is cut into
-- column stimuli_counted: stimuli that the counted folds test
-- column origin (text): computed
-- column bin_low: relative depth at which the part begins
-- column bin_high: relative depth at which it ends
-- column layer_count: layers in the part
-- column subject_count: subjects whose folds are averaged, NULL for one target
-- column generalises_to: what the interval of r speaks of, NULL without one
-- column middle_minus_final_low: lower end of the 95 % interval of middle_minus_final, of the same t as p
-- column middle_minus_final_high: upper end of the 95 % interval
-- column middle_minus_final_valid: 0: the difference is not to be reported, NULL without one
-- column middle_minus_final_flags: space-separated warnings of the difference, NULL without one
-- column unit_key: unit that compared them; evoke why tells what it descends from
SELECT
  u.study, f.dataset, f.cohort, CASE WHEN b.subject_count IS NULL THEN f.subject END AS subject, f.session, f.rater,
  f.feature_set, f.model, NULL AS layer_key, NULL AS depth, NULL AS rel_depth, f.element, f.covariate_mode,
  f.target_kind, f.target, f.target_parameters, f.region, f.hemisphere, f.region_group,
  (b.bin_low + b.bin_high) / 2 AS rel_depth_bin, b.r, b.low, b.high, b.interval_kind, 'two-sided' AS tail,
  d.difference AS middle_minus_final,
  NULL AS null_kind, NULL AS null_draws, NULL AS null_mean, NULL AS null_p95, d.p, NULL AS p_floor, d.q_bh,
  NULL AS p_max, d.family,
  b.valid, trim(b.flags || coalesce(' ' || sf.flags, '')) AS flags, b.folds_counted, b.folds_total, b.stimuli_counted,
  'computed' AS origin, b.bin_low, b.bin_high, b.layer_count, b.subject_count, b.generalises_to,
  d.low AS middle_minus_final_low, d.high AS middle_minus_final_high, d.valid AS middle_minus_final_valid,
  d.flags AS middle_minus_final_flags, b.unit_key
FROM current_unit u
JOIN depth_bin b ON b.unit_key = u.unit_key
JOIN fit f ON f.fit_key = b.fit_key
LEFT JOIN contrast d ON d.unit_key = b.unit_key AND d.fit_key = b.contrast_fit_key
  AND (d.subject_count = b.subject_count OR (d.subject_count IS NULL AND b.subject_count IS NULL))
  AND d.test = 'corrected_t'
LEFT JOIN sound_flag sf ON sf.unit_key = f.unit_key
ORDER BY u.study, u.run_id, f.dataset, f.cohort, f.target_kind, f.target, f.target_parameters, f.region, f.subject,
  f.rater, f.element, f.covariate_mode, f.feature_set, f.model, b.subject_count, b.bin_low, f.fit_key
