-- The unit an activity computed and the hash of its result.
-- parameter activity: integer
SELECT u.unit_key, u.result_sha256
FROM activity v JOIN unit u ON u.unit_key = v.activity_key
WHERE v.activity_id = :activity AND v.kind = 'unit' AND u.state = 'done'
