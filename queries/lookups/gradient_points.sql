-- What a figure of maps against columns of an atlas shows of each row.
-- column study: text never NULL
-- column map_a: text never NULL
-- column map_b: text never NULL
-- column atlas: text never NULL
-- column dataset: text never NULL
-- column cohort: text never NULL
-- column subject: text
-- column rater: text
-- column feature_set: text
-- column layer_key: text
-- column element: text
-- column target: text never NULL
-- column target_parameters: text never NULL
-- column r: real
-- column null_low: real
-- column null_high: real
-- column p_max: real
-- column valid: integer never NULL
-- column flags: text never NULL
SELECT study, map_a, map_b, atlas, dataset, cohort, subject, rater, feature_set, layer_key, element, target,
  target_parameters, r, null_low, null_high, p_max, valid, flags
FROM gradient_map
