-- Current runs whose summaries are not stored, or are no longer those of their rows.
SELECT r.run_id
FROM run r
WHERE r.is_current = 1 AND r.purpose = 'results' AND NOT EXISTS (SELECT 1 FROM summarised_run k WHERE k.run_id = r.run_id)
ORDER BY r.run_id
