-- Which units gave other bits when they were computed again?
-- assumption: the first result stands; nothing is overwritten
-- column unit_key: unit
-- column array: array name
-- column first_sha256: stored
-- column second_sha256: recomputed
-- column max_abs_difference: largest absolute difference
-- column max_rel_difference: largest relative difference
-- column environment_first (text): host, processor, BLAS kernel, threads and version of the stored one
-- column environment_second (text): of the recomputed one
SELECT
  d.unit_key, d.array, d.first_sha256, d.second_sha256, d.max_abs_difference, d.max_rel_difference,
  a.hostname_hash || ' ' || a.cpu_model || ' ' || a.blas_kernel || ' x' || a.threads || ' evoke ' ||
  a.evoke_version AS environment_first,
  b.hostname_hash || ' ' || b.cpu_model || ' ' || b.blas_kernel || ' x' || b.threads || ' evoke ' ||
  b.evoke_version AS environment_second
FROM divergence d
LEFT JOIN environment a ON a.environment_id = d.environment_first
LEFT JOIN environment b ON b.environment_id = d.environment_second
ORDER BY d.unit_key, d.array, d.second_sha256, d.divergence_id
