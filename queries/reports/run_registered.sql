SELECT r.is_current, (SELECT count(*) FROM run_unit ru WHERE ru.run_id = r.run_id) AS unit_count
FROM run r
WHERE r.run_id = :run
