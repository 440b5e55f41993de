-- The activities that made an artifact, or read one: with where they ran and, of an import, its command.
-- parameter made: integer or NULL
-- parameter read: integer or NULL
SELECT v.activity_id, v.kind, v.verb, v.activity_key, v.state, v.options, v.started_at, u.label, u.version,
  e.evoke_version, e.cpu_model, e.blas_kernel, e.threads, e.library_versions, c.words
FROM activity v
LEFT JOIN unit u ON u.unit_key = v.activity_key
LEFT JOIN environment e ON e.environment_id = v.environment_id
LEFT JOIN import_command c ON c.activity_id = v.activity_id
WHERE v.activity_id IN (
  SELECT activity_id FROM generated WHERE artifact_id = :made
  UNION
  SELECT activity_id FROM used WHERE artifact_id = :read)
ORDER BY v.activity_id
