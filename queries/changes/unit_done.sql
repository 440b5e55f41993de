-- A unit is done with this result.
-- parameter result_sha256: text
-- parameter unit: text
UPDATE unit SET state = 'done', message = '', result_sha256 = :result_sha256 WHERE unit_key = :unit
