-- With which programs and libraries units were computed.
-- parameter units: text
-- column unit_count: integer never NULL
SELECT e.evoke_version, e.library_versions, e.cpu_model, e.blas_kernel, e.threads, count(*) AS unit_count
FROM activity v
JOIN environment e ON e.environment_id = v.environment_id
WHERE v.activity_key IN (SELECT value FROM json_each(:units))
GROUP BY e.evoke_version, e.library_versions, e.cpu_model, e.blas_kernel, e.threads
ORDER BY e.evoke_version, e.library_versions, e.cpu_model
