-- Stores what the scores of runs without a summary come to over layers.
INSERT INTO over_layers (
  run_id, fit_key, dataset, cohort, subject, session, rater, feature_set, model, element, covariate_mode, target_kind, target, target_parameters,
  region, score_count, r_count, r_sum, r_square_sum, r_max, p_count, p_at_most_05, valid_count, layer_key, rel_depth, r, unit_key)
SELECT
  v.run_id, v.fit_key, v.dataset, v.cohort, v.subject, v.session, v.rater, v.feature_set, v.model, v.element, v.covariate_mode, v.target_kind,
  v.target, v.target_parameters, v.region, v.score_count, v.r_count, v.r_sum, v.r_square_sum, v.r_max, v.p_count, v.p_at_most_05, v.valid_count,
  v.layer_key, v.rel_depth, v.r, v.unit_key
FROM score_over_layers v
WHERE NOT EXISTS (SELECT 1 FROM summarised_run k WHERE k.run_id = v.run_id)
