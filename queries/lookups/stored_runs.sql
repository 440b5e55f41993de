-- Runs with their plans' hashes and studies.
-- column units: text never NULL
SELECT r.run_id, r.plan_sha256, s.name, s.sha256, s.definition,
  (SELECT json_group_array(x.unit_key)
   FROM (SELECT unit_key FROM run_unit WHERE run_id = r.run_id ORDER BY position) x) AS units
FROM run r
JOIN study s ON s.study_id = r.study_id
ORDER BY r.run_id
