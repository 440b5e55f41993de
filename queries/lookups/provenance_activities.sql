-- Everything that was done, with the environment it was done in.
SELECT v.activity_id, v.kind, v.verb, v.activity_key, v.started_at, v.environment_id, u.label, u.version
FROM activity v LEFT JOIN unit u ON u.unit_key = v.activity_key
ORDER BY v.activity_id
