-- Whether a run is the current one, and of how many units it is.
-- parameter run: text
-- column unit_count: integer never NULL
SELECT r.is_current, (SELECT count(*) FROM run_unit ru WHERE ru.run_id = r.run_id) AS unit_count
FROM run r
WHERE r.run_id = :run
