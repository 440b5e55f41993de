-- The units of a run with the artifacts of their results.
-- parameter run: text
-- column artifact_id: integer
-- column sha256: text
SELECT DISTINCT u.unit_key, u.step, u.label, a.artifact_id, a.sha256
FROM run_unit ru
JOIN unit u ON u.unit_key = ru.unit_key
LEFT JOIN artifact a ON a.kind = 'result' AND a.name = u.unit_key AND a.sha256 = u.result_sha256
WHERE ru.run_id = :run
ORDER BY u.step, u.label, u.unit_key
