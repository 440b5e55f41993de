-- The scores that a family is made of; a user's condition on family_cell stands in the place of the parameter.
-- parameter condition: integer
-- column dataset: text never NULL
-- column cohort: text never NULL
-- column feature_set: text never NULL
-- column element: text never NULL
-- column covariate_mode: text never NULL
-- column target_kind: text never NULL
-- column target: text never NULL
-- column quantity: text never NULL
-- column seed: integer never NULL
-- column valid: integer never NULL
-- column flags: text never NULL
-- column fit_key: text never NULL
-- column unit_key: text never NULL
SELECT DISTINCT dataset, cohort, subject, rater, feature_set, layer_key, element, covariate_mode, target_kind, target,
  region, quantity, value, null_kind, null_draws, seed, p, array, array_column, valid, flags, fit_key, unit_key
FROM family_cell
WHERE :condition
ORDER BY dataset, cohort, target_kind, target, target_parameters, subject, rater, element, feature_set, model, depth,
  layer_key, covariate_mode, region, fit_key, quantity
