-- The settings of units: of preparations as in the study file, of fits with all defaults.
-- parameter units: text
-- column unit_count: integer never NULL
-- column preparation: text
-- column encoding: text
SELECT u.step, u.version, count(*) AS unit_count, json_extract(u.parameters, '$.as_in_study') AS preparation,
  json_extract(u.parameters, '$.fit.encoding') AS encoding
FROM unit u
WHERE u.unit_key IN (SELECT value FROM json_each(:units)) AND u.state = 'done'
GROUP BY u.step, u.version, preparation, encoding
ORDER BY u.step, u.version, preparation, encoding
