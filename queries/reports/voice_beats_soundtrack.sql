-- Where does the voice predict more than the soundtrack? Of rows that may be reported; holds is 1 where the whole family lets q_bh be .05 or less, NULL while a member is missing.
-- column study: text never NULL
-- column holds: integer
-- column subject: text
-- column flags: text
SELECT study, dataset, cohort, subject, session, rater, feature_set, model, layer_key, covariate_mode, target_kind, target,
  target_parameters, region, r_voice, r_soundtrack, voice_minus_soundtrack, low, high, p, q_bh,
  CASE WHEN q_bh <= 0.05 THEN 1 WHEN q_bh > 0.05 THEN 0 END AS holds,
  voice_energy_share, flags, unit_key
FROM element_ablation
WHERE valid = 1 AND voice_minus_soundtrack > 0
ORDER BY q_bh IS NULL, q_bh, voice_minus_soundtrack DESC, study, dataset, cohort, feature_set, layer_key, target_kind,
  target, target_parameters, region, covariate_mode, subject, session, rater
