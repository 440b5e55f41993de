-- The activities that made an artifact, with where they ran.
-- parameter artifact: integer
SELECT v.activity_id, v.kind, v.verb, v.activity_key, v.state, v.started_at, u.label, u.version,
  e.evoke_version, e.cpu_model, e.blas_kernel, e.threads
FROM generated g
JOIN activity v ON v.activity_id = g.activity_id
LEFT JOIN unit u ON u.unit_key = v.activity_key
LEFT JOIN environment e ON e.environment_id = v.environment_id
WHERE g.artifact_id = :artifact
ORDER BY v.activity_id
