-- What a figure of windows and steps shows of each row.
-- column study: text never NULL
-- column dataset: text never NULL
-- column cohort: text never NULL
-- column feature_set: text never NULL
-- column element: text never NULL
-- column covariate_mode: text never NULL
-- column target: text never NULL
-- column band: text never NULL
-- column method: text never NULL
-- column anchor: text never NULL
-- column window_s: real never NULL
-- column step_s: real never NULL
-- column r_over_null_sd: real
-- column valid: integer never NULL
-- column flags: text never NULL
SELECT study, dataset, cohort, subject, feature_set, layer_key, element, covariate_mode, target, band, method, anchor,
  region, window_s, step_s, r, r_over_null_sd, p_max, valid, flags
FROM temporal_resolution
