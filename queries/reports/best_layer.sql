-- Which layer predicts each region and target best? Of rows that may be reported; p_max and q_bh know how many layers were tried, r and its interval do not.
-- column study: text never NULL
-- column layers: integer never NULL
-- column layers_left_out: integer never NULL
-- column flags: text
-- What only the best fits show is looked up for them alone, as layer_sweep shows it.
SELECT b.study, b.dataset, b.cohort, b.subject, b.session, b.rater, b.feature_set, b.model, b.element, b.covariate_mode,
  b.target_kind, b.target, b.target_parameters, b.region, b.layer_key, b.rel_depth, b.r, sc.low, sc.high,
  (SELECT c.p_max FROM run_family c WHERE c.fit_key = b.fit_key AND c.quantity = 'r' AND c.run_id = b.run_id
    ORDER BY c.family, c.family_key LIMIT 1) AS p_max,
  (SELECT c.q_bh FROM run_family c WHERE c.fit_key = b.fit_key AND c.quantity = 'r' AND c.run_id = b.run_id
    ORDER BY c.family, c.family_key LIMIT 1) AS q_bh,
  (SELECT k.peak_share FROM sweep_layer k JOIN run_unit x ON x.unit_key = k.unit_key AND x.run_id = b.run_id
    WHERE k.fit_key = b.fit_key ORDER BY k.is_peak DESC, k.unit_key LIMIT 1) AS peak_share,
  b.valid_count AS layers, b.score_count - b.valid_count AS layers_left_out,
  trim(sc.flags || coalesce(' ' || sf.flags, '')) AS flags, b.unit_key
FROM score_over_layers b
JOIN score sc ON sc.fit_key = b.fit_key AND sc.quantity = 'r' AND sc.valid = 1
LEFT JOIN sound_flag sf ON sf.unit_key = b.unit_key
WHERE b.study_kind IN ('layer_sweep', 'architecture_comparison') AND b.layer_key IS NOT NULL
ORDER BY b.study, b.dataset, b.cohort, b.target_kind, b.target, b.target_parameters, b.region, b.element, b.feature_set, b.model,
  b.covariate_mode, b.subject, b.session, b.rater
