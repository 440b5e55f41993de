-- Does the voice or the soundtrack carry what the sound predicts?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: a separated element holds some of the other; the table check has r of their levels
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
-- column element (text): NULL: a row holds all elements
-- column covariate_mode: none, audio_only, visual_only, joint, zeroed_shared or zeroed_banded
-- column target_kind: annotation, synchrony or response
-- column target: annotation, signal or response name, never the region
-- column target_parameters: JSON, as in the study file
-- column region: region or channel, NULL unless the target is regional
-- column hemisphere: left, right or NULL
-- column region_group: network, lobe or other group of the region
-- column r_original: Fisher mean of the original sound over the folds that count in all three; NULL where the study leaves it out
-- column r_voice: Fisher mean of the voice over the folds that count in voice and soundtrack
-- column r_soundtrack: Fisher mean of the soundtrack over the same folds
-- column r_voice_active: r_voice over the rows whose features are read from seconds of which at least half have both elements above -60 dBFS; NULL where the features are imported or no such fold has an effective n of 10
-- column r_soundtrack_active: r_soundtrack over the same rows
-- column voice_minus_soundtrack: in Fisher z, the mean over folds or left-out stimuli (over subjects, of their means)
-- column low: lower end of its 95 % interval, NULL below four folds or stimuli
-- column high: upper end of the 95 % interval
-- column interval_kind: unit and method of the interval
-- column tail: two-sided
-- column null_kind (text): NULL: nothing is drawn
-- column null_draws (integer): NULL: nothing is drawn
-- column null_mean (real): NULL: nothing is drawn
-- column null_p95 (real): NULL: nothing is drawn
-- column p: of the same t as the interval, which leaves 0 out exactly where p is below .05
-- column p_floor (real): NULL: nothing is drawn
-- column q_bh: Benjamini-Hochberg over the family
-- column p_max (real): NULL: nothing is drawn
-- column family: cells corrected together
-- column voice_energy_share: energy of the voice over that of voice and soundtrack, over the stimuli
-- column silent_fraction_voice: share of seconds below -60 dBFS
-- column silent_fraction_soundtrack: share of seconds below -60 dBFS
-- column valid: 0: not to be reported
-- column flags (text): space-separated warnings of voice and soundtrack; evoke explain FLAG tells what each means and what helps
-- column folds_counted: outer folds that count in voice and soundtrack
-- column folds_total: outer folds the target is cut into
-- column stimuli_counted: stimuli that the counted folds test
-- column origin (text): computed
-- column unit: what varies: fold, stimulus or subject
-- column unit_count: how many of them
-- column test: corrected_t (over folds or stimuli, its variance allowing for training sets that overlap) or t (over subjects)
-- column subject_count: subjects whose differences are averaged, NULL for one target
-- column generalises_to: what p and interval speak of, NULL without them
-- column reason: why there is no p
-- column difference_active: voice minus soundtrack over the rows in which both sound: what is left when silence is no reason
-- column low_active: lower end of its 95 % interval
-- column high_active: upper end
-- column p_active: two-sided, corrected t
-- column active_folds_counted: folds behind it
-- column unit_key: unit that compared them; evoke why tells what it descends from
SELECT
  u.study, f.dataset, f.cohort, CASE WHEN e.subject_count IS NULL THEN f.subject END AS subject, f.session, f.rater,
  f.feature_set, f.model, f.layer_key, f.depth, f.rel_depth, NULL AS element, f.covariate_mode, f.target_kind,
  f.target, f.target_parameters, f.region, f.hemisphere, f.region_group,
  e.r_original, e.r_voice, e.r_soundtrack, e.r_voice_active, e.r_soundtrack_active,
  e.difference AS voice_minus_soundtrack, e.low, e.high, e.interval_kind, e.tail,
  NULL AS null_kind, NULL AS null_draws, NULL AS null_mean, NULL AS null_p95, e.p, NULL AS p_floor, e.q_bh,
  NULL AS p_max, e.family,
  e.voice_energy_share, e.silent_fraction_voice, e.silent_fraction_soundtrack,
  e.valid, (
    WITH RECURSIVE word (word, rest) AS (
      SELECT '', e.flags || coalesce(' ' || sv.flags, '') || coalesce(' ' || ss.flags, '') || ' '
      UNION
      SELECT substr(rest, 1, instr(rest, ' ') - 1), substr(rest, instr(rest, ' ') + 1) FROM word WHERE rest <> '')
    SELECT coalesce(group_concat(word, ' '), '') FROM (SELECT DISTINCT word FROM word WHERE word <> '' ORDER BY word) d
  ) AS flags,
  e.folds_counted, e.folds_total, e.stimuli_counted, 'computed' AS origin,
  e.unit, e.unit_count, e.test, e.subject_count, e.generalises_to, e.reason,
  e.difference_active, e.low_active, e.high_active, e.p_active, e.active_folds_counted, e.unit_key
FROM current_unit u
JOIN element_contrast e ON e.unit_key = u.unit_key
JOIN fit f ON f.fit_key = e.fit_key
JOIN fit g ON g.fit_key = e.soundtrack_fit_key
LEFT JOIN sound_flag sv ON sv.unit_key = f.unit_key
LEFT JOIN sound_flag ss ON ss.unit_key = g.unit_key
ORDER BY u.study, u.run_id, f.dataset, f.cohort, f.target_kind, f.target, f.target_parameters, f.subject, f.rater,
  f.feature_set, f.model, f.depth, f.layer_key, f.covariate_mode, f.region, f.fit_key, e.subject_count, e.test, e.unit_key,
  e.element_contrast_id
