-- level 2: stored summaries over subjects are those of their scores
-- What is stored counts, what is there counts less: nothing may be left of a cell.
WITH entry AS (
  SELECT c.run_id, c.region, c.layer_key, c.element, 1 AS is_stored, c.score_count, c.r_count, c.p_count, c.p_at_most_05, c.valid_count,
    c.valid_r_count, c.r_sum, c.r_square_sum, c.valid_r_sum, c.valid_r_square_sum, c.r_max, c.valid_r_max
  FROM over_subjects c
  JOIN summarised_run k ON k.run_id = c.run_id
  UNION ALL
  SELECT u.run_id, f.region, f.layer_key, f.element, 0, -1, -(sc.value IS NOT NULL), -(n.p IS NOT NULL), -coalesce(n.p <= 0.05, 0), -sc.valid,
    -(sc.valid = 1 AND sc.value IS NOT NULL), -sc.value, -sc.value * sc.value, -sc.value * sc.valid, -sc.value * sc.value * sc.valid, sc.value,
    CASE WHEN sc.valid = 1 THEN sc.value END
  FROM current_unit u
  JOIN summarised_run k ON k.run_id = u.run_id
  JOIN fit f ON f.unit_key = u.unit_key
  JOIN score sc ON sc.fit_key = f.fit_key AND sc.quantity = 'r'
  LEFT JOIN null_summary n ON n.fit_key = f.fit_key AND n.quantity = 'r'
)
SELECT 'run ' || run_id || ' ' || element || coalesce(' ' || layer_key, '') || coalesce(' ' || region, '') AS object,
  'over_subjects holds something else than its scores; the next command that writes makes it anew' AS problem
FROM entry
WHERE run_id IN (SELECT run_id FROM run WHERE is_current = 1 AND purpose = 'results')
GROUP BY region, layer_key, element, run_id
HAVING sum(score_count) <> 0 OR sum(r_count) <> 0 OR sum(p_count) <> 0 OR sum(p_at_most_05) <> 0 OR sum(valid_count) <> 0
  OR sum(valid_r_count) <> 0 OR abs(coalesce(sum(r_sum), 0)) > 1e-9 * count(*) OR abs(coalesce(sum(r_square_sum), 0)) > 1e-9 * count(*)
  OR abs(coalesce(sum(valid_r_sum), 0)) > 1e-9 * count(*) OR abs(coalesce(sum(valid_r_square_sum), 0)) > 1e-9 * count(*)
  OR max(CASE WHEN is_stored = 1 THEN r_max END) IS NOT max(CASE WHEN is_stored = 0 THEN r_max END)
  OR max(CASE WHEN is_stored = 1 THEN valid_r_max END) IS NOT max(CASE WHEN is_stored = 0 THEN valid_r_max END)
ORDER BY 1
