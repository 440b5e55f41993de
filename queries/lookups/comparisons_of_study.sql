-- What the newest expansion of a study compares: the fits stand in the parameters.
-- parameter study: text
SELECT n.unit_key, n.parameters
FROM run r JOIN study s ON s.study_id = r.study_id
  JOIN run_unit ru ON ru.run_id = r.run_id JOIN unit n ON n.unit_key = ru.unit_key
WHERE s.name = :study AND r.is_current = 1 AND r.purpose = 'results' AND n.step = 'comparison'
ORDER BY n.unit_key
