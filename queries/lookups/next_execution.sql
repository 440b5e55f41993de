-- The number of the next start of a run.
-- parameter run: text
-- column execution: integer never NULL
SELECT coalesce(max(execution), 0) + 1 AS execution FROM execution WHERE run_id = :run
