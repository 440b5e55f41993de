-- Do synchrony and scores differ between two cohorts?
-- tier: result
-- assumption: one row for each cell and quantity of two cohorts of a study. Cohorts that share stimuli are compared on these:
--   synchrony by permuting the subjects' cohorts, scores fold by fold; others by stimuli as units (at least eight of each
--   cohort, else no p)
-- assumption: r rises with the number of subjects behind a target and with their agreement, so that r alone is compared where
--   these are alike; r_normalised allows for them
-- assumption: within a dataset a name is a person. Cohorts that share people and stimuli are not comparable; those that share
--   people and heard other stimuli carry people_shared. Names in common across datasets are taken for different people and
--   carry names_shared
-- column study_a: study of the first cohort
-- column study_b: study of the second cohort
-- column dataset_a: dataset of the first cohort
-- column dataset_b: dataset of the second cohort
-- column cohort_a: first cohort
-- column cohort_b: second cohort
-- column feature_set (text): descriptor set, imported space or model; NULL for synchrony
-- column model (text): model, NULL where there is none and for synchrony
-- column layer_key (text): layer of the model, NULL where there is none, for depth_slope and for synchrony
-- column element (text): original, voice or soundtrack; NULL for synchrony
-- column target_kind (text): synchrony, annotation or response
-- column target (text): signal, annotation or response name
-- column region (text): region or channel, NULL unless the target is regional
-- column quantity (text): static_isc: within the first and the second cohort; between_isc: within both and between them; r: score; r_normalised: r over the largest r that the target allows; depth_slope: rise of Fisher z over relative depth (layer by cohort)
-- column r_a (real): the quantity in the first cohort (between_isc: the mean of both), a Fisher mean for synchrony and r
-- column r_b (real): the quantity in the second cohort (between_isc: between the cohorts)
-- column difference (real): a minus b; in Fisher z for synchrony and r
-- column low (real): lower end of the 95 % interval of the difference; NULL where the cohorts are not comparable and nothing waives it
-- column high (real): upper end of the 95 % interval of the difference
-- column interval_kind (text): unit and method of the interval
-- column tail (text): two-sided
-- column unit (text): what varies: subject, stimulus or fold
-- column paired (integer): 1: on the same stimuli
-- column test (text): permuted_cohorts or welch of synchrony; paired_corrected_t, corrected_welch (different stimuli) or welch (over subjects of the same stimuli) of scores
-- column p (real): of the test; NULL where the cohorts are not comparable and nothing waives it
-- column p_floor (real): smallest p the test can give, NULL where nothing is drawn
-- column q_bh (real): Benjamini-Hochberg over the family
-- column family (text): cells corrected together
-- column n_a (integer): subjects of the first cohort, NULL where nobody is counted
-- column n_b (integer): subjects of the second cohort
-- column comparable (integer): 0: no difference, or one that has another cause; the reason says which
-- column reason (text): why they are not comparable, or why there is no p
-- column waiver (text): why they are compared all the same, as evoke compare --waive recorded it
-- column target_parameters (text): JSON, as in the study file
-- column band (text): broad or a frequency band; NULL for scores
-- column method (text): pairwise or leave_one_out; leave-one-out values rest on equal numbers of subjects; NULL for scores
-- column stimulus_count (integer): stimuli behind the row
-- column null_draws (integer): number of permutations, NULL where nothing is drawn
-- column p_max (real): studentised maximum statistic over the family, NULL where nothing is drawn
-- column valid (integer): 0: not to be reported
-- column flags (text): space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column origin (text): computed
-- column covariate_mode (text): none, audio_only, visual_only, joint, zeroed_shared or zeroed_banded; NULL for synchrony
-- column df (real): degrees of freedom of t, NULL for synchrony
-- column ceiling_a (real): largest r that the first cohort's target allows, NULL where it is measured once
-- column ceiling_b (real): of the second cohort
-- column unit_count_a (integer): units of the first cohort, NULL for synchrony
-- column unit_count_b (integer): units of the second cohort
-- column generalises_to (text): what p and interval speak of, NULL for synchrony
-- column unit_key (text): unit that computed the row; evoke why tells what it descends from
SELECT
  u.study AS study_a, u.study AS study_b, c.dataset_a, c.dataset_b, c.cohort_a, c.cohort_b,
  NULL AS feature_set, NULL AS model, NULL AS layer_key, NULL AS element, 'synchrony' AS target_kind,
  c.signal AS target, c.region, c.quantity, c.r_a, c.r_b, c.difference, c.low, c.high, c.interval_kind, c.tail,
  c.unit, c.paired, c.test, c.p, c.p_floor, c.q_bh, c.family, c.n_a, c.n_b, c.comparable, c.reason, w.reason AS waiver,
  c.parameters AS target_parameters, c.band, c.method, c.stimulus_count, c.null_draws, c.p_max,
  c.valid, c.flags, 'computed' AS origin, NULL AS covariate_mode, NULL AS df, NULL AS ceiling_a, NULL AS ceiling_b,
  NULL AS unit_count_a, NULL AS unit_count_b, NULL AS generalises_to, c.unit_key
FROM current_unit u
JOIN synchrony_contrast c ON c.unit_key = u.unit_key
LEFT JOIN comparison_waiver w ON w.study_a = u.study AND w.study_b = u.study
  AND w.cohort_a = c.cohort_a AND w.cohort_b = c.cohort_b
UNION ALL
SELECT
  u.study, u.study, f.dataset, g.dataset, f.cohort, g.cohort,
  f.feature_set, f.model, CASE WHEN c.quantity = 'depth_slope' THEN NULL ELSE f.layer_key END, f.element, f.target_kind,
  f.target, f.region, c.quantity, c.r_a, c.r_b, c.difference,
  CASE WHEN c.comparable = 1 OR w.reason IS NOT NULL THEN c.low END,
  CASE WHEN c.comparable = 1 OR w.reason IS NOT NULL THEN c.high END, c.interval_kind, c.tail,
  c.unit, c.paired, c.test, CASE WHEN c.comparable = 1 OR w.reason IS NOT NULL THEN c.p END, NULL, c.q_bh, c.family,
  c.n_a, c.n_b, c.comparable, c.reason, w.reason,
  f.target_parameters, NULL, NULL, c.stimuli_counted, NULL, NULL,
  c.valid, c.flags, 'computed', f.covariate_mode, c.df, c.ceiling_a, c.ceiling_b,
  c.unit_count_a, c.unit_count_b, c.generalises_to, c.unit_key
FROM current_unit u
JOIN cohort_contrast c ON c.unit_key = u.unit_key
JOIN fit f ON f.fit_key = c.fit_key
JOIN fit g ON g.fit_key = c.fit_key_b
LEFT JOIN comparison_waiver w ON w.study_a = u.study AND w.study_b = u.study
  AND w.cohort_a = f.cohort AND w.cohort_b = g.cohort
ORDER BY 1, 5, 6, 11, 12, 34, 10, 7, 8, 9, 14, 13, 24, 3, 4, 35, 36, 43, 50
