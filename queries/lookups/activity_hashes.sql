-- Every activity with the hash over its rows, and the unit it computed with the hash of its result.
SELECT v.activity_id, v.activity_key, v.verb, v.rows_sha256, n.unit_key, n.label, n.result_sha256
FROM activity v
LEFT JOIN unit n ON n.unit_key = v.activity_key AND v.kind = 'unit'
ORDER BY v.activity_id
