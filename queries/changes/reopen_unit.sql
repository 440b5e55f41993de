-- A unit whose results are forgotten is to be computed again, where its study still asks for it.
-- parameter unit: text
UPDATE unit SET state = 'planned', reason = 'an import it needs was forgotten', message = '', result_sha256 = NULL WHERE unit_key = :unit
