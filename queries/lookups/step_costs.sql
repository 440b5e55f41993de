-- What the computed units of each step took on this kind of CPU, all together: seconds, peak memory.
-- parameter cpu: text
-- column attempts: integer never NULL
-- column seconds: real never NULL
-- column peak_bytes: integer
SELECT u.step, e.threads, count(*) AS attempts, sum(a.seconds) AS seconds, max(a.peak_bytes) AS peak_bytes
FROM attempt a JOIN unit u USING (unit_key) JOIN environment e USING (environment_id)
WHERE a.state = 'done' AND a.seconds IS NOT NULL AND e.cpu_model = :cpu
GROUP BY u.step, e.threads
ORDER BY u.step, e.threads
