-- Of every factor of a study's designs the level of each stimulus, for comparison with a planted truth.
-- parameter study: text
-- parameter dataset: text
-- column factor: text never NULL
-- column stimulus: text never NULL
-- column level: text never NULL
SELECT DISTINCT n.unit_key, json_extract(f.value, '$.name') AS factor, json_extract(r.value, '$.stimulus') AS stimulus,
  json_extract(r.value, '$.levels[' || f.key || ']') AS level
FROM current_unit u
JOIN unit n ON n.unit_key = u.unit_key
JOIN json_each(n.parameters, '$.factors') f
JOIN json_each(n.parameters, '$.rows') r
WHERE u.study = :study AND n.step = 'factor_share' AND json_extract(n.parameters, '$.dataset') = :dataset
ORDER BY n.unit_key, f.key, stimulus, level
