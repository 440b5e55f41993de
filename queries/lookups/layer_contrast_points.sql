-- What a figure of contrasts shows of each row.
-- column study: text never NULL
-- column dataset: text never NULL
-- column cohort: text never NULL
-- column subject: text
-- column feature_set: text never NULL
-- column element: text never NULL
-- column target: text never NULL
-- column target_parameters: text never NULL
-- column contrast: text never NULL
-- column unit: text never NULL
-- column valid: integer never NULL
-- column flags: text never NULL
SELECT study, dataset, cohort, subject, session, rater, feature_set, element, target, target_parameters, region, contrast,
  difference, low, high, unit, q_bh, valid, flags
FROM layer_contrast
