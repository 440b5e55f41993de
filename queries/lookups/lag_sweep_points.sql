-- What a figure of lag sweeps shows of each row.
-- column study: text never NULL
-- column dataset: text never NULL
-- column cohort: text never NULL
-- column feature_set: text never NULL
-- column element: text never NULL
-- column covariate_mode: text never NULL
-- column target_kind: text never NULL
-- column target: text never NULL
-- column target_parameters: text never NULL
-- column lag_s: real never NULL
-- column valid: integer never NULL
-- column flags: text never NULL
SELECT study, dataset, cohort, subject, session, rater, feature_set, layer_key, element, covariate_mode, target_kind,
  target, target_parameters, region, lag_s, r, p_max, valid, flags, sample_count
FROM lag_sweep
