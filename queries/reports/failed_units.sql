-- Units that failed, with the message of their last attempt.
SELECT study, step, label, message, attempts, unit_key FROM unit_status WHERE state = 'failed' ORDER BY study, step, label
