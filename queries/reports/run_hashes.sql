-- Which hashes stand for the newest run of each study?
-- column study: text never NULL
-- column run_id: text never NULL
SELECT s.name AS study, r.run_id, r.plan_sha256, r.root_sha256
FROM run r JOIN study s ON s.study_id = r.study_id
WHERE r.is_current = 1 AND r.purpose = 'results'
ORDER BY s.name, r.run_id
