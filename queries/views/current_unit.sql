-- Which units does the newest expansion of each study consist of?
-- assumption: a unit that two studies share gives a row for each
-- column run_id: first 12 hex digits of the SHA-256 of the expanded plan
-- column study: name of the study file
-- column study_kind: kind of the study
-- column unit_key: SHA-256 of the unit's step, parameters and inputs
SELECT r.run_id, s.name AS study, s.kind AS study_kind, ru.unit_key
FROM run r
JOIN study s ON s.study_id = r.study_id
JOIN run_unit ru ON ru.run_id = r.run_id
WHERE r.is_current = 1 AND r.purpose = 'results'
  -- A unit once, wherever it stands in the plan; without DISTINCT, which would make every question list all units first.
  AND NOT EXISTS (
    SELECT 1 FROM run_unit e WHERE e.run_id = ru.run_id AND e.unit_key = ru.unit_key AND e.position < ru.position)
