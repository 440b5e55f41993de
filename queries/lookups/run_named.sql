-- A run with its study as it was expanded.
-- parameter run: text
SELECT r.run_id, r.seed, r.root_sha256, s.name AS study, s.definition
FROM run r
JOIN study s ON s.study_id = r.study_id
WHERE r.run_id = :run
