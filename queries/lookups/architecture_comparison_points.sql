-- What a figure of models over their depth shows of each row.
-- column study: text never NULL
-- column dataset: text never NULL
-- column cohort: text never NULL
-- column subject: text
-- column feature_set: text never NULL
-- column element: text never NULL
-- column covariate_mode: text never NULL
-- column target_kind: text never NULL
-- column target: text never NULL
-- column target_parameters: text never NULL
-- column rel_depth_bin: real never NULL
-- column q_bh: real
-- column middle_minus_final: real
-- column valid: integer never NULL
-- column flags: text never NULL
SELECT study, dataset, cohort, subject, session, rater, feature_set, element, covariate_mode, target_kind, target,
  target_parameters, region, rel_depth_bin, r, low, high, middle_minus_final, q_bh, middle_minus_final_valid,
  subject_count, valid, flags
FROM architecture_comparison
