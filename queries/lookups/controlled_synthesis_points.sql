-- What a figure of controlled designs shows of each row.
-- column study: text never NULL
-- column dataset: text never NULL
-- column cohort: text never NULL
-- column feature_set: text never NULL
-- column element: text never NULL
-- column valid: integer never NULL
-- column flags: text never NULL
SELECT study, dataset, cohort, feature_set, layer_key, rel_depth, element, role, factor, level, partial_eta2, p_max,
  valid, flags
FROM controlled_synthesis
