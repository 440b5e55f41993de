-- Runs of studies that choose a subject by name.
-- parameter name: text
-- column run_id: text never NULL
-- column study: text never NULL
SELECT DISTINCT r.run_id, s.name AS study
FROM run r JOIN study s ON s.study_id = r.study_id, json_tree(s.definition) t
WHERE CAST(t.atom AS TEXT) = :name AND t.path LIKE '%subjects%'
ORDER BY s.name, r.run_id
