-- What computed units of each kind took on this kind of CPU: seconds, seconds of sound they worked on, peak memory.
-- parameter cpu: text
-- column name: text never NULL
-- column layers: text never NULL
-- column chunk_s: real never NULL
-- column context_s: real never NULL
-- column hop_s: real never NULL
-- column precision: text never NULL
-- column attempts: integer never NULL
-- column seconds: real never NULL
-- column sound_s: real never NULL
-- column peak_bytes: integer
SELECT u.step, e.threads,
  coalesce(json_extract(u.parameters, '$.name'), '') AS name,
  coalesce(json_extract(u.parameters, '$.layers'), '') AS layers,
  coalesce(json_extract(u.parameters, '$.chunk_s'), 0) AS chunk_s,
  coalesce(json_extract(u.parameters, '$.context_s'), 0) AS context_s,
  coalesce(json_extract(u.parameters, '$.hop_s'), 0) AS hop_s,
  coalesce(json_extract(u.parameters, '$.precision'), 'float32') AS precision,
  count(*) AS attempts, sum(a.seconds) AS seconds,
  sum(coalesce(json_extract(u.parameters, '$.duration_s'), 0)) AS sound_s,
  max(a.peak_bytes) AS peak_bytes
FROM attempt a JOIN unit u USING (unit_key) JOIN environment e USING (environment_id)
WHERE a.state = 'done' AND a.seconds IS NOT NULL AND e.cpu_model = :cpu
GROUP BY u.step, e.threads, 3, 4, 5, 6, 7, 8
ORDER BY u.step, 3, 4, 5, 6, 7, 8, e.threads
