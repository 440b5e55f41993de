-- The units of other runs of a study, the newest run last.
-- parameter study: text
-- parameter run: text
SELECT u.step, u.label, u.version, u.parameters, u.inputs
FROM run r
JOIN study s USING (study_id)
JOIN run_unit ru USING (run_id)
JOIN unit u USING (unit_key)
WHERE s.name = :study AND r.run_id <> :run AND u.state <> 'not_applicable'
ORDER BY r.is_current, r.planned_at, r.rowid, ru.position
