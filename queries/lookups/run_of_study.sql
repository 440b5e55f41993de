-- The newest expansion of a study, and its units.
-- parameter study: text
-- column units: text never NULL
SELECT r.run_id, s.kind, s.definition, r.plan_sha256, r.root_sha256, r.seed, r.generator,
  (SELECT json_group_array(x.unit_key)
   FROM (SELECT unit_key FROM run_unit WHERE run_id = r.run_id ORDER BY position) x) AS units
FROM run r
JOIN study s ON s.study_id = r.study_id
WHERE r.is_current = 1 AND r.purpose = 'results' AND s.name = :study
