-- Do synchrony and ratings, or synchrony of two signals, bands or methods, rise and fall together?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: what is slower than 40 s is taken out of both, since any two slow courses agree by chance; r_plain has it
-- assumption: a rating is averaged over the windows of the synchrony beside it; which of the measures comes first changes no number
-- assumption: what both measures name and cannot be compared in has a row without r and with its reason
-- column study: name of the study file
-- column dataset: dataset
-- column cohort: cohort; a dataset is a cohort of its own name
-- column stimulus: stimulus, NULL for the mean over stimuli
-- column measure_a: annotation or signal
-- column measure_b: annotation or signal
-- column region: region or channel of the synchrony
-- column r: correlation over the seconds in which both are there, without what is slower than 40 s; over stimuli of the mean Fisher z
-- column low: lower end of the 95 % interval, NULL without draws
-- column high: upper end of the 95 % interval
-- column n: rows in which both are there
-- column p: two-sided, (k+1)/(draws+1), against phases of one measure drawn at random: of the synchrony where the other is a rating
-- column p_max: studentised maximum statistic over the regions of the stimulus
-- column valid: 0: not to be reported
-- column flags: space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column folds_counted (integer): NULL: nothing is fitted
-- column folds_total (integer): NULL: nothing is fitted
-- column stimuli_counted: stimuli behind r
-- column origin (text): computed
-- column kind_a: annotation or synchrony
-- column parameters_a: JSON, as in the study file
-- column kind_b: annotation or synchrony
-- column parameters_b: JSON, as in the study file
-- column run: acquisition run, NULL where the measures are of none
-- column r_plain: the same correlation with what is slower
-- column interval_kind: null_sd: 1.96 standard deviations of the draws in Fisher z
-- column tail (text): two-sided
-- column null_kind: phase: phases of one measure are drawn; NULL without draws
-- column null_draws: number of null draws
-- column null_mean: mean of the draws' Fisher z
-- column null_sd: standard deviation of the same
-- column p_floor: smallest p these draws can give
-- column family_size: regions corrected together, those of them that have a correlation
-- column generalises_to: what interval and p speak of, NULL without them
-- column reason: why there is no r, NULL where there is one
-- column unit_key: unit that computed the row; evoke why tells what it descends from
SELECT
  u.study, c.dataset, c.cohort, c.stimulus, c.measure_a, c.measure_b, c.region, c.r, c.low, c.high, c.n, c.p, c.p_max,
  c.valid, c.flags, NULL AS folds_counted, NULL AS folds_total, c.stimuli_counted, 'computed' AS origin,
  c.kind_a, c.parameters_a, c.kind_b, c.parameters_b, c.run, c.r_plain, c.interval_kind, 'two-sided' AS tail,
  c.null_kind, c.null_draws, c.null_mean, c.null_sd, c.p_floor, c.family_size, c.generalises_to, c.reason, c.unit_key
FROM current_unit u
JOIN consistency c ON c.unit_key = u.unit_key
ORDER BY u.study, u.run_id, c.dataset, c.cohort, c.kind_a, c.measure_a, c.parameters_a, c.kind_b, c.measure_b, c.parameters_b,
  c.stimulus IS NOT NULL, c.stimulus, c.run, c.region, c.consistency_key
