-- Interrupted attempts are no attempts.
DELETE FROM attempt WHERE state NOT IN ('done', 'failed')
