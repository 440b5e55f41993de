-- The newest run that asks for a unit.
-- parameter unit: text
SELECT r.run_id, r.plan_sha256
FROM run_unit n
JOIN run r USING (run_id)
WHERE n.unit_key = :unit
ORDER BY r.planned_at DESC, r.rowid DESC
LIMIT 1
