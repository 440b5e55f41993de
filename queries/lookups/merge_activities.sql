-- Everything that was done, with the result of each unit.
SELECT v.activity_id, v.kind, v.verb, v.activity_key, v.state, v.environment_id, n.result_sha256, n.label
FROM activity v
LEFT JOIN unit n ON n.unit_key = v.activity_key AND v.kind = 'unit'
ORDER BY v.activity_id
