-- What each computed unit of a step took on this kind of CPU, with its parameters.
-- parameter cpu: text
-- parameter step: text
-- parameter version: integer
-- column seconds: real never NULL
SELECT u.parameters, e.threads, a.seconds, a.peak_bytes
FROM attempt a JOIN unit u USING (unit_key) JOIN environment e USING (environment_id)
WHERE a.state = 'done' AND a.seconds IS NOT NULL AND e.cpu_model = :cpu AND u.step = :step AND u.version = :version
ORDER BY e.threads, u.unit_key, a.started_at
