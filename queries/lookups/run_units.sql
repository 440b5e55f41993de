-- The units of runs, each once, with the hashes of their results.
-- parameter run: text or NULL
SELECT DISTINCT r.run_id, u.unit_key, u.state, u.result_sha256
FROM run r
JOIN run_unit ru ON ru.run_id = r.run_id
JOIN unit u ON u.unit_key = ru.unit_key
WHERE :run IS NULL OR r.run_id = :run
ORDER BY r.run_id, u.unit_key
