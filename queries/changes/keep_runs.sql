-- Only these runs stay.
-- parameter runs: text
DELETE FROM run WHERE run_id NOT IN (SELECT value FROM json_each(:runs))
