-- Units by study, step and state.
-- column study: text
-- column step: text never NULL
-- column state: text never NULL
-- column units: integer never NULL
-- column seconds: real
SELECT study, step, state, count(*) AS units, sum(seconds) AS seconds
FROM unit_status
GROUP BY study, step, state
ORDER BY study IS NULL, study, step, state
