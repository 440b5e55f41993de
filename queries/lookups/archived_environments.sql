-- Where things were done.
SELECT environment_id, hostname_hash, cpu_model, blas_kernel, threads, evoke_version, library_versions
FROM environment ORDER BY environment_id
