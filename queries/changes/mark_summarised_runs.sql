-- The summaries that were stored last are those of their rows.
INSERT INTO summarised_run (run_id, unit_count)
SELECT r.run_id, (SELECT count(*) FROM run_unit n WHERE n.run_id = r.run_id)
FROM run r
WHERE r.is_current = 1 AND r.purpose = 'results' AND NOT EXISTS (SELECT 1 FROM summarised_run k WHERE k.run_id = r.run_id)
