-- Units that are done, with the activity that computed each, its program and the hash of what its last attempt read.
SELECT u.unit_key, u.step, u.version, u.parameters, u.inputs, u.label, v.activity_id, v.dataset,
  (SELECT t.inputs_sha256 FROM attempt t WHERE t.unit_key = u.unit_key AND t.state = 'done'
   ORDER BY t.attempt_id DESC LIMIT 1) AS inputs_sha256,
  e.evoke_version
FROM unit u
JOIN activity v ON v.activity_key = u.unit_key
LEFT JOIN environment e ON e.environment_id = v.environment_id
WHERE u.state = 'done'
ORDER BY u.unit_key
