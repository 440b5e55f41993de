-- How often the tests of a run's design rejected what was planted: of a run of evoke calibrate, or of the newest one of
-- the study whose fits a run has. Families first.
-- parameter run: text
SELECT k.scope, k.family, k.feature_set, k.layer_key, k.target, k.region, k.covariate_mode, k.quantity, k.planted_r,
  k.runs, k.null_draws, k.cell_count, k.rate, k.se, k.rate_max, k.se_max, k.valid_share, k.mean_score
FROM calibration_rate k
WHERE k.unit_key IN (SELECT unit_key FROM run_unit WHERE run_id = :run)
  OR k.unit_key IN (
    SELECT c.unit_key
    FROM run_unit f
    JOIN calibration_rate c ON c.fit_unit = f.unit_key
    JOIN run_unit m ON m.unit_key = c.unit_key
    JOIN run r ON r.run_id = m.run_id AND r.is_current = 1 AND r.purpose = 'calibration'
    JOIN study s ON s.study_id = r.study_id
    WHERE f.run_id = :run
      AND s.name = (SELECT o.name FROM run q JOIN study o ON o.study_id = q.study_id WHERE q.run_id = :run))
ORDER BY k.scope DESC, k.family, k.planted_r, k.calibration_rate_id
