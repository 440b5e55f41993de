-- Units that failed, with the message of their last attempt.
-- column study: text
-- column step: text never NULL
-- column label: text never NULL
-- column message: text never NULL
-- column attempts: integer never NULL
-- column unit_key: text never NULL
SELECT study, step, label, message, attempts, unit_key FROM unit_status WHERE state = 'failed' ORDER BY study, step, label
