-- When runs were begun, and when the last of their units was done.
-- column begun_at: text
-- column last_at: text
SELECT r.run_id,
  coalesce((SELECT min(x.started_at) FROM execution x WHERE x.run_id = r.run_id), r.planned_at) AS begun_at,
  (SELECT max(t.started_at) FROM attempt t WHERE t.run_id = r.run_id) AS last_at
FROM run r ORDER BY r.run_id
