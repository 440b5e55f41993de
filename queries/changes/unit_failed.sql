-- A unit failed; one that is done stays done.
-- parameter message: text
-- parameter unit: text
UPDATE unit SET state = 'failed', message = :message WHERE unit_key = :unit AND result_sha256 IS NULL
