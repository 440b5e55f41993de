-- Units by study, step and state.
SELECT study, step, state, count(*) AS units, sum(seconds) AS seconds
FROM unit_status
GROUP BY study, step, state
ORDER BY study IS NULL, study, step, state
