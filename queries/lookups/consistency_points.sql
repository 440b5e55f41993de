-- What a figure of the agreement of synchrony shows of each row.
-- column study: text never NULL
-- column dataset: text never NULL
-- column cohort: text never NULL
-- column measure_a: text never NULL
-- column parameters_a: text never NULL
-- column measure_b: text never NULL
-- column parameters_b: text never NULL
-- column valid: integer never NULL
-- column flags: text never NULL
SELECT study, dataset, cohort, stimulus, run, measure_a, parameters_a, measure_b, parameters_b, region, r, low, high,
  p_max, valid, flags
FROM synchrony_consistency
