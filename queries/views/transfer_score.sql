-- How well does a model trained on one cohort predict another?
-- tier: result
-- assumption: reduction, scaling and lambda are the training cohort's; nothing that is tested is trained on in either cohort. A
--   cohort that is tested on itself is its own fit, out of fold
-- column study (text): name of the study file
-- column model (text): model, NULL where there is none
-- column feature_set (text): descriptor set, imported space or model
-- column layer_key (text): layer of the model, NULL where there is none
-- column element (text): original, voice or soundtrack
-- column target (text): annotation, signal or response name
-- column region (text): region or channel, NULL unless the target is regional
-- column train_cohort (text): cohort whose rows are trained on
-- column test_cohort (text): cohort whose rows are predicted
-- column r (real): Fisher mean over folds of the tested cohort
-- column low (real): lower end of the 95 % interval
-- column high (real): upper end of the 95 % interval
-- column interval_kind (text): unit and method of the interval
-- column tail (text): greater
-- column null_kind (text): NULL: nothing is drawn
-- column null_draws (integer): NULL: nothing is drawn
-- column null_mean (real): NULL: nothing is drawn
-- column null_p95 (real): NULL: nothing is drawn
-- column p (real): corrected t over folds or left-out stimuli of the tested cohort; NULL of a cohort tested on itself, whose p stands in encoding_score
-- column p_floor (real): NULL: nothing is drawn
-- column q_bh (real): NULL: rows stand alone
-- column p_max (real): NULL: nothing is drawn
-- column family (text): NULL: rows stand alone
-- column valid (integer): 0: not to be reported; 0 also where either cohort's own fit is not
-- column flags (text): space-separated warnings of the transfer and of both cohorts' own fits; evoke explain FLAG tells what each means
-- column folds_counted (integer): folds r is the mean of
-- column folds_total (integer): folds the tested cohort is cut into
-- column stimuli_counted (integer): stimuli that the counted folds test
-- column origin (text): computed
-- column target_kind (text): annotation, synchrony or response
-- column target_parameters (text): JSON, as in the study file
-- column train_dataset (text): dataset of the training cohort
-- column test_dataset (text): dataset of the tested cohort
-- column generalises_to (text): what p and interval speak of, NULL without them
-- column reason (text): why there is no p
-- column unit_key (text): unit that computed the row; evoke why tells what it descends from
SELECT
  u.study, f.model, f.feature_set, f.layer_key, f.element, f.target, f.region, f.cohort AS train_cohort,
  g.cohort AS test_cohort, t.r, t.low, t.high, t.interval_kind, t.tail, NULL AS null_kind, NULL AS null_draws,
  NULL AS null_mean, NULL AS null_p95, t.p, NULL AS p_floor, NULL AS q_bh, NULL AS p_max, NULL AS family,
  CASE WHEN t.valid = 1 AND a.valid = 1 AND b.valid = 1 THEN 1 ELSE 0 END AS valid,
  (
    WITH RECURSIVE word (word, rest) AS (
      SELECT '', t.flags || ' ' || a.flags || ' ' || b.flags || ' '
      UNION
      SELECT substr(rest, 1, instr(rest, ' ') - 1), substr(rest, instr(rest, ' ') + 1) FROM word WHERE rest <> '')
    SELECT coalesce(group_concat(word, ' '), '') FROM (SELECT DISTINCT word FROM word WHERE word <> '' ORDER BY word) d
  ) AS flags,
  t.folds_counted, t.folds_total, t.stimuli_counted, 'computed' AS origin, f.target_kind, f.target_parameters,
  f.dataset AS train_dataset, g.dataset AS test_dataset, t.generalises_to, t.reason, t.unit_key
FROM current_unit u
JOIN transfer t ON t.unit_key = u.unit_key
JOIN fit f ON f.fit_key = t.fit_key
JOIN fit g ON g.fit_key = t.test_fit_key
JOIN score a ON a.fit_key = f.fit_key AND a.quantity = 'r'
JOIN score b ON b.fit_key = g.fit_key AND b.quantity = 'r'
UNION ALL
SELECT
  u.study, f.model, f.feature_set, f.layer_key, f.element, f.target, f.region, f.cohort, f.cohort, a.value, a.low, a.high,
  a.interval_kind, a.tail, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, a.valid, a.flags, a.folds_counted,
  a.folds_total, a.stimuli_counted, 'computed', f.target_kind, f.target_parameters, f.dataset, f.dataset, a.generalises_to,
  'its p stands in encoding_score', f.unit_key
FROM current_unit u
JOIN fit f ON f.unit_key = u.unit_key
JOIN score a ON a.fit_key = f.fit_key AND a.quantity = 'r'
WHERE EXISTS (
  SELECT 1 FROM run_unit x JOIN transfer t ON t.unit_key = x.unit_key
  WHERE x.run_id = u.run_id AND t.fit_key = f.fit_key)
ORDER BY 1, 30, 6, 31, 5, 3, 2, 4, 7, 8, 9, 32, 33, 36
