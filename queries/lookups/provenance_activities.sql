-- Everything that was done, with the environment it was done in.
SELECT v.activity_id, v.kind, v.verb, v.activity_key, v.started_at, u.label, u.version, e.evoke_version
FROM activity v
LEFT JOIN unit u ON u.unit_key = v.activity_key
LEFT JOIN environment e ON e.environment_id = v.environment_id
ORDER BY v.activity_id
