-- Every run with the study it is an expansion of.
SELECT r.run_id, s.name, s.sha256, r.purpose, r.is_current, r.planned_at
FROM run r
JOIN study s ON s.study_id = r.study_id
ORDER BY r.planned_at, r.run_id
