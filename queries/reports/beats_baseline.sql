-- In how many regions does one group of layers, or a baseline, beat the other? Of rows that may be reported; supported are regions with a positive difference and q_bh .05 or less, NULL where a q_bh is missing.
-- column study: text never NULL
-- column subject: text
-- column regions: integer never NULL
-- column positive: integer never NULL
-- column supported: integer
-- column left_out: integer never NULL
-- column difference_least: real
-- column difference_most: real
SELECT study, dataset, cohort, subject, session, rater, feature_set, model, element, covariate_mode, target_kind, target,
  target_parameters, contrast, sum(valid) AS regions,
  sum(CASE WHEN valid = 1 AND difference > 0 THEN 1 ELSE 0 END) AS positive,
  CASE WHEN count(CASE WHEN valid = 1 AND q_bh IS NULL THEN 1 END) = 0
    THEN sum(CASE WHEN valid = 1 AND difference > 0 AND q_bh <= 0.05 THEN 1 ELSE 0 END) END AS supported,
  count(CASE WHEN valid = 0 THEN 1 END) AS left_out, min(CASE WHEN valid = 1 THEN difference END) AS difference_least,
  max(CASE WHEN valid = 1 THEN difference END) AS difference_most
FROM layer_contrast
GROUP BY study, dataset, cohort, subject, session, rater, feature_set, model, element, covariate_mode, target_kind,
  target, target_parameters, contrast
HAVING sum(valid) > 0
ORDER BY study, dataset, cohort, target_kind, target, target_parameters, element, feature_set, model, covariate_mode,
  contrast, subject, session, rater
