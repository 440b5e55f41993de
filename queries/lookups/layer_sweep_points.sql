-- What a figure of layer sweeps shows of each row.
-- column study: text never NULL
-- column dataset: text never NULL
-- column cohort: text never NULL
-- column feature_set: text never NULL
-- column element: text never NULL
-- column covariate_mode: text never NULL
-- column target_kind: text never NULL
-- column target: text never NULL
-- column target_parameters: text never NULL
-- column is_peak: integer
-- column peak_share: real
-- column p_max: real
-- column family: text
-- column valid: integer never NULL
-- column flags: text never NULL
-- column sample_count: integer never NULL
-- column stimulus_count: integer never NULL
SELECT study, dataset, cohort, subject, session, rater, feature_set, layer_key, depth, rel_depth, element,
  covariate_mode, target_kind, target, target_parameters, region, region_group, r, low, high, null_mean, null_p95,
  is_peak, peak_share, p_max, family, valid, flags, sample_count, stimulus_count, subject_count
FROM layer_sweep
