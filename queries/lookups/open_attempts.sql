-- Attempts that neither ended nor failed: their process was interrupted.
SELECT a.attempt_id, a.unit_key, u.label, a.started_at
FROM attempt a
JOIN unit u ON u.unit_key = a.unit_key
WHERE a.state NOT IN ('done', 'failed')
ORDER BY a.attempt_id
