-- The current runs of studies, with what their studies say.
-- parameter studies: text
SELECT r.run_id, r.purpose, r.plan_sha256, r.root_sha256, r.planned_at, s.name, s.kind, s.sha256, s.definition
FROM run r JOIN study s USING (study_id)
WHERE r.is_current = 1 AND s.name IN (SELECT value FROM json_each(:studies))
ORDER BY s.name, r.purpose DESC
