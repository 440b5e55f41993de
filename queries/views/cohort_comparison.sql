-- Does synchrony differ between two cohorts?
-- tier: result
-- assumption: one row for each region and quantity of two cohorts of a study; cohorts that share stimuli are compared on
--   these by permuting the subjects' cohorts, others by stimuli as units (at least eight of each cohort, else no p)
-- column study_a: study of the first cohort
-- column study_b: study of the second cohort
-- column dataset_a: dataset of the first cohort
-- column dataset_b: dataset of the second cohort
-- column cohort_a: first cohort
-- column cohort_b: second cohort
-- column feature_set (text): NULL for synchrony
-- column model (text): NULL for synchrony
-- column layer_key (text): NULL for synchrony
-- column element (text): NULL for synchrony
-- column target_kind (text): synchrony
-- column target: signal
-- column region: region or channel
-- column quantity: static_isc: within the first and the second cohort; between_isc: within both and between them
-- column r_a: synchrony within the first cohort (between_isc: the mean of both), Fisher-z mean over stimuli
-- column r_b: synchrony within the second cohort (between_isc: between the cohorts)
-- column difference: a minus b in Fisher z
-- column low: lower end of the 95 % interval of the difference
-- column high: upper end of the 95 % interval of the difference
-- column interval_kind: unit and method of the interval
-- column tail: two-sided
-- column unit: what varies: subject (shared stimuli) or stimulus (different ones)
-- column paired: 1: on the same stimuli
-- column test: permuted_cohorts or welch
-- column p: of the test
-- column p_floor: smallest p the test can give
-- column q_bh: Benjamini-Hochberg over the regions
-- column family: cells corrected together
-- column n_a: subjects of the first cohort
-- column n_b: subjects of the second cohort
-- column comparable: 0: there is no difference, the reason says why
-- column reason: why there is no difference or no p
-- column waiver (text): NULL
-- column target_parameters: JSON, as in the study file
-- column band: broad or a frequency band
-- column method: pairwise or leave_one_out; leave-one-out values rest on equal numbers of subjects
-- column stimulus_count: stimuli behind the row
-- column null_draws: number of permutations
-- column p_max: studentised maximum statistic over the family
-- column valid: 0: not to be reported
-- column flags: space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column origin (text): computed
-- column unit_key: unit that computed the row; evoke why tells what it descends from
SELECT
  u.study AS study_a, u.study AS study_b, c.dataset_a, c.dataset_b, c.cohort_a, c.cohort_b,
  NULL AS feature_set, NULL AS model, NULL AS layer_key, NULL AS element, 'synchrony' AS target_kind,
  c.signal AS target, c.region, c.quantity, c.r_a, c.r_b, c.difference, c.low, c.high, c.interval_kind, c.tail,
  c.unit, c.paired, c.test, c.p, c.p_floor, c.q_bh, c.family, c.n_a, c.n_b, c.comparable, c.reason, NULL AS waiver,
  c.parameters AS target_parameters, c.band, c.method, c.stimulus_count, c.null_draws, c.p_max,
  c.valid, c.flags, 'computed' AS origin, c.unit_key
FROM current_unit u
JOIN synchrony_contrast c ON c.unit_key = u.unit_key
ORDER BY u.study, u.run_id, c.cohort_a, c.cohort_b, c.signal, c.band, c.method, c.parameters, c.quantity, c.region, c.unit_key
