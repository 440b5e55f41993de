-- On which machine, with which libraries, was each start of a run computed?
-- column run_id: first 12 hex digits of the SHA-256 of the expanded plan
-- column attempt: 1 for the first start of the run
-- column hostname_hash: first 12 hex digits of the SHA-256 of the host name
-- column cpu_model: processor
-- column blas_kernel: kernel OpenBLAS chose
-- column threads: BLAS threads in each worker
-- column evoke_version: program version
-- column library_versions: JSON: library -> version
-- column started_at: UTC, ISO 8601
SELECT x.run_id, x.execution AS attempt, e.hostname_hash, e.cpu_model, e.blas_kernel, e.threads, e.evoke_version,
  e.library_versions, x.started_at
FROM execution x
JOIN environment e ON e.environment_id = x.environment_id
ORDER BY x.run_id, x.execution
