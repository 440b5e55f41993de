-- Runs with the hashes of their plans and the roots of their results.
SELECT r.run_id, s.name AS study, r.plan_sha256, r.root_sha256, r.is_current
FROM run r JOIN study s ON s.study_id = r.study_id
ORDER BY s.name, r.run_id
