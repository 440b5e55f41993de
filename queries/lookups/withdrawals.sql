-- What is kept of withdrawals.
SELECT options FROM activity WHERE kind = 'withdrawal' AND state = 'done' ORDER BY activity_id
