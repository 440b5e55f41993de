-- Rows of a run with a number, by whether they may be reported and what they are flagged with.
-- parameter run: text
-- column what: text never NULL
-- column valid: integer never NULL
-- column flags: text never NULL
-- column count: integer never NULL
SELECT 'score' AS what, sc.valid, sc.flags, count(*) AS count
FROM run_unit ru JOIN fit f ON f.unit_key = ru.unit_key JOIN score sc ON sc.fit_key = f.fit_key
WHERE ru.run_id = :run AND sc.quantity IN ('r', 'unique_r2')
GROUP BY sc.valid, sc.flags
UNION ALL
SELECT 'contrast', c.valid, c.flags, count(*)
FROM run_unit ru JOIN contrast c ON c.unit_key = ru.unit_key
WHERE ru.run_id = :run
GROUP BY c.valid, c.flags
UNION ALL
SELECT 'meta-analysis', m.valid, m.flags, count(*)
FROM run_unit ru JOIN pooled_score m ON m.unit_key = ru.unit_key
WHERE ru.run_id = :run
GROUP BY m.valid, m.flags
UNION ALL
SELECT 'cohort contrast', c.valid, c.flags, count(*)
FROM run_unit ru JOIN cohort_contrast c ON c.unit_key = ru.unit_key
WHERE ru.run_id = :run
GROUP BY c.valid, c.flags
UNION ALL
SELECT 'transfer', t.valid, t.flags, count(*)
FROM run_unit ru JOIN transfer t ON t.unit_key = ru.unit_key
WHERE ru.run_id = :run
GROUP BY t.valid, t.flags
UNION ALL
SELECT 'element contrast', e.valid, e.flags, count(*)
FROM run_unit ru JOIN element_contrast e ON e.unit_key = ru.unit_key
WHERE ru.run_id = :run
GROUP BY e.valid, e.flags
UNION ALL
SELECT 'agreement of synchrony', c.valid, c.flags, count(*)
FROM run_unit ru JOIN consistency c ON c.unit_key = ru.unit_key
WHERE ru.run_id = :run
GROUP BY c.valid, c.flags
UNION ALL
SELECT 'gradient', g.valid, g.flags, count(*)
FROM run_unit ru JOIN gradient g ON g.unit_key = ru.unit_key
WHERE ru.run_id = :run
GROUP BY g.valid, g.flags
UNION ALL
SELECT 'gradient of synchrony', g.valid, g.flags, count(*)
FROM run_unit ru JOIN synchrony_gradient g ON g.unit_key = ru.unit_key
WHERE ru.run_id = :run
GROUP BY g.valid, g.flags
UNION ALL
SELECT 'share of a factor', f.valid, f.flags, count(*)
FROM run_unit ru JOIN factor_share f ON f.unit_key = ru.unit_key
WHERE ru.run_id = :run
GROUP BY f.valid, f.flags
UNION ALL
SELECT 'depth bin', b.valid, b.flags, count(*)
FROM run_unit ru JOIN depth_bin b ON b.unit_key = ru.unit_key
WHERE ru.run_id = :run
GROUP BY b.valid, b.flags
UNION ALL
SELECT 'group score', g.valid, g.flags, count(*)
FROM run_unit ru JOIN group_test g ON g.unit_key = ru.unit_key
WHERE ru.run_id = :run
GROUP BY g.valid, g.flags
UNION ALL
SELECT 'lag score', l.valid, l.flags, count(*)
FROM run_unit ru JOIN lag_score l ON l.unit_key = ru.unit_key
WHERE ru.run_id = :run
GROUP BY l.valid, l.flags
UNION ALL
SELECT 'lag curve', c.valid, c.flags, count(*)
FROM run_unit ru JOIN lag_curve c ON c.unit_key = ru.unit_key
WHERE ru.run_id = :run
GROUP BY c.valid, c.flags
UNION ALL
SELECT 'anova', a.valid, a.flags, count(*)
FROM run_unit ru JOIN anova_effect a ON a.unit_key = ru.unit_key
WHERE ru.run_id = :run
GROUP BY a.valid, a.flags
UNION ALL
SELECT 'effect of depth', d.valid, d.flags, count(*)
FROM run_unit ru JOIN depth_effect d ON d.unit_key = ru.unit_key
WHERE ru.run_id = :run
GROUP BY d.valid, d.flags
UNION ALL
SELECT 'twin contrast', t.valid, t.flags, count(*)
FROM run_unit ru JOIN twin_contrast t ON t.unit_key = ru.unit_key
WHERE ru.run_id = :run
GROUP BY t.valid, t.flags
UNION ALL
SELECT 'synchrony', y.valid, y.flags, count(*)
FROM run_unit ru JOIN synchrony y ON y.unit_key = ru.unit_key
WHERE ru.run_id = :run AND EXISTS (
  SELECT 1 FROM run r JOIN study s ON s.study_id = r.study_id WHERE r.run_id = ru.run_id AND s.kind = 'isc_report')
GROUP BY y.valid, y.flags
UNION ALL
SELECT 'synchrony contrast', c.valid, c.flags, count(*)
FROM run_unit ru JOIN synchrony_contrast c ON c.unit_key = ru.unit_key
WHERE ru.run_id = :run
GROUP BY c.valid, c.flags
UNION ALL
SELECT 'region resolution', z.valid, z.flags, count(*)
FROM run_unit ru JOIN region_resolution z ON z.unit_key = ru.unit_key
WHERE ru.run_id = :run
GROUP BY z.valid, z.flags
ORDER BY 1, 2, 3
