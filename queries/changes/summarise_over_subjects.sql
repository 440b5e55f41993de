-- Stores what the scores of runs without a summary come to over subjects.
INSERT INTO over_subjects (
  run_id, fit_key, dataset, cohort, feature_set, model, layer_key, depth, rel_depth, element, covariate_mode, target_kind, target, target_parameters,
  region, hemisphere, region_group, score_count, r_count, r_sum, r_square_sum, r_max, p_count, p_at_most_05, valid_count, valid_r_count, valid_r_sum,
  valid_r_square_sum, valid_r_max)
SELECT
  v.run_id, v.fit_key, v.dataset, v.cohort, v.feature_set, v.model, v.layer_key, v.depth, v.rel_depth, v.element, v.covariate_mode, v.target_kind,
  v.target, v.target_parameters, v.region, v.hemisphere, v.region_group, v.score_count, v.r_count, v.r_sum, v.r_square_sum, v.r_max, v.p_count,
  v.p_at_most_05, v.valid_count, v.valid_r_count, v.valid_r_sum, v.valid_r_square_sum, v.valid_r_max
FROM score_over_subjects v
WHERE NOT EXISTS (SELECT 1 FROM summarised_run k WHERE k.run_id = v.run_id)
