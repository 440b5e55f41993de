-- The scores that a family is made of; a user's condition on family_cell stands in the place of the parameter.
-- parameter condition: integer
-- column flags: text
SELECT DISTINCT dataset, cohort, subject, rater, feature_set, layer_key, element, covariate_mode, target_kind, target,
  region, quantity, value, null_kind, null_draws, seed, p, array, array_column, valid, flags, fit_key, unit_key
FROM family_cell
WHERE :condition
ORDER BY dataset, cohort, target_kind, target, target_parameters, subject, rater, element, feature_set, model, depth,
  layer_key, covariate_mode, region, fit_key, quantity
