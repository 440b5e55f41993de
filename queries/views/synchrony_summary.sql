-- How similar are the subjects' responses to a stimulus?
-- tier: result
-- assumption: one row for each region of each stimulus; units of superseded runs are left out
-- column dataset: dataset
-- column cohort: cohort; a dataset is a cohort of its own name
-- column stimulus: stimulus
-- column region: region or channel; component_N and their sum for corrca
-- column signal: source, envelope, de or fd
-- column band: broad or a frequency band
-- column method: pairwise, leave_one_out or corrca
-- column window_s: window in seconds
-- column step_s: step in seconds
-- column anchor: start, centre or end: where in its window a value stands
-- column parameters: JSON, as in the study file
-- column subject_count: subjects of the cohort; static_subject_count of them are in static_isc
-- column presentation_count: showings behind them
-- column dropped_count: subject-windows dropped as constant or missing
-- column mean_isc: Fisher-z mean correlation over windows (corrca: plain mean)
-- column sd_isc: standard deviation over windows
-- column static_isc: correlation over the whole stimulus, of subjects without a missing sample that others have
-- column low: lower end of the 95 % interval of static_isc
-- column high: upper end of the 95 % interval of static_isc
-- column interval_kind: unit and method of the interval; none for components, whose weights were fitted to the subjects
-- column tail: greater or two-sided
-- column null_kind: how null draws were made
-- column null_draws: number of null draws
-- column null_mean: mean of the null draws of static_isc
-- column null_p95: 95th percentile of the null draws of static_isc
-- column p: (k+1)/(draws+1) of static_isc
-- column p_floor: smallest p these draws can give
-- column q_bh: Benjamini-Hochberg over the family, NULL while a member is missing
-- column p_max: studentised maximum statistic over the family, NULL while a member is missing
-- column family: cells corrected together
-- column noise_ceiling: reliability of the group synchrony
-- column reliability_subjects: of halves of the subjects, stepped up by Spearman and Brown to all subjects
-- column reliability_pairs: the same stepped up to all pairs; noise_ceiling is the root of the larger
-- column cross_validated_isc: static value of components fitted on the other stimuli (one stimulus: on four fifths)
-- column generalises_to: the population the interval speaks of
-- column mean_isc_null_mean: mean over the same draws of the mean over windows
-- column mean_isc_null_p95: 95th percentile of these draws
-- column mean_isc_p: (k+1)/(draws+1) of mean_isc
-- column mean_isc_q_bh: Benjamini-Hochberg over the family
-- column mean_isc_p_max: studentised maximum statistic over the family
-- column high_pass_s: longest period kept of the recordings, NULL where they were compared as imported or prepared
-- column static_subject_count: subjects that static_isc, its interval and its p are of: those without a missing sample that others have; NULL for components
-- column valid: 0: not to be reported
-- column flags: space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column origin (text): computed
-- column unit_key: unit that computed the row; evoke why tells what it descends from
SELECT
  y.dataset, y.cohort, y.stimulus, y.region, y.signal, y.band, y.method, y.window_s, y.step_s, y.anchor, y.parameters,
  y.subject_count, y.presentation_count, y.dropped_count, y.mean_isc, y.sd_isc, y.static_isc,
  y.low, y.high, y.interval_kind, y.tail,
  y.null_kind, y.null_draws, y.null_mean, y.null_p95, y.p, y.p_floor, y.q_bh, y.p_max, y.family,
  y.noise_ceiling, y.reliability_subjects, y.reliability_pairs, y.cross_validated_isc,
  y.generalises_to, y.mean_isc_null_mean, y.mean_isc_null_p95, y.mean_isc_p, y.mean_isc_q_bh, y.mean_isc_p_max,
  y.high_pass_s, n.subject_count AS static_subject_count, y.valid, y.flags, 'computed' AS origin, y.unit_key
FROM synchrony y
  LEFT JOIN static_synchrony n ON n.unit_key = y.unit_key AND n.stimulus = y.stimulus AND n.region = y.region
WHERE EXISTS (
  SELECT 1 FROM run_unit ru JOIN run r ON r.run_id = ru.run_id
  WHERE ru.unit_key = y.unit_key AND r.is_current = 1 AND r.purpose = 'results')
ORDER BY
  y.dataset, y.cohort, y.stimulus, y.signal, y.band, y.method, y.window_s, y.step_s, y.anchor, y.region, y.unit_key
