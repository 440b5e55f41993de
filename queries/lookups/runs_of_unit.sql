-- Runs that a unit belongs to.
-- parameter unit: text
-- column run_id: text never NULL
-- column study: text never NULL
SELECT DISTINCT r.run_id, s.name AS study
FROM run_unit u JOIN run r ON r.run_id = u.run_id JOIN study s ON s.study_id = r.study_id
WHERE u.unit_key = :unit
ORDER BY s.name, r.run_id
