-- level 2: stored summaries over layers are those of their scores
-- What is stored counts, what is there counts less: nothing may be left of a sweep.
WITH entry AS (
  SELECT c.run_id, c.region, c.subject, c.element, 1 AS is_stored, c.score_count, c.r_count, c.p_count, c.p_at_most_05, c.valid_count,
    c.r_sum, c.r_square_sum, c.r_max,
    -- The best fit, which shows its own unit, layer and r; one that may not be reported stands where none may.
    CASE WHEN f.unit_key = c.unit_key AND f.layer_key IS c.layer_key AND f.rel_depth IS c.rel_depth AND sc.value IS c.r
      AND sc.valid = (c.valid_count > 0) THEN 0 ELSE 1 END AS is_other
  FROM over_layers c
  JOIN summarised_run k ON k.run_id = c.run_id
  LEFT JOIN fit f ON f.fit_key = c.fit_key
  LEFT JOIN score sc ON sc.fit_key = c.fit_key AND sc.quantity = 'r'
  UNION ALL
  SELECT u.run_id, f.region, f.subject, f.element, 0, -1, -(sc.value IS NOT NULL), -(n.p IS NOT NULL), -coalesce(n.p <= 0.05, 0), -sc.valid,
    -sc.value, -sc.value * sc.value, sc.value, 0
  FROM current_unit u
  JOIN summarised_run k ON k.run_id = u.run_id
  JOIN fit f ON f.unit_key = u.unit_key
  JOIN score sc ON sc.fit_key = f.fit_key AND sc.quantity = 'r'
  LEFT JOIN null_summary n ON n.fit_key = f.fit_key AND n.quantity = 'r'
)
SELECT 'run ' || run_id || ' ' || element || coalesce(' ' || subject, '') || coalesce(' ' || region, '') AS object,
  'over_layers holds something else than its scores; the next command that writes makes it anew' AS problem
FROM entry
WHERE run_id IN (SELECT run_id FROM run WHERE is_current = 1 AND purpose = 'results')
GROUP BY region, subject, element, run_id
HAVING sum(score_count) <> 0 OR sum(r_count) <> 0 OR sum(p_count) <> 0 OR sum(p_at_most_05) <> 0 OR sum(valid_count) <> 0
  OR abs(coalesce(sum(r_sum), 0)) > 1e-9 * count(*) OR abs(coalesce(sum(r_square_sum), 0)) > 1e-9 * count(*) OR max(is_other) = 1
  OR max(CASE WHEN is_stored = 1 THEN r_max END) IS NOT max(CASE WHEN is_stored = 0 THEN r_max END)
ORDER BY 1
