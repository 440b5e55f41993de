-- Which feature spaces units were fitted with, and the models behind them.
-- parameter units: text
-- column elements: text never NULL
-- column layer_count: integer never NULL
SELECT f.feature_set, f.model, count(DISTINCT f.layer_key) AS layer_count, json_group_array(DISTINCT f.element) AS elements,
  m.architecture, m.parameter_count, m.weights_sha256
FROM fit f
LEFT JOIN model m ON m.name = f.model
WHERE f.unit_key IN (SELECT value FROM json_each(:units))
GROUP BY f.feature_set, f.model
ORDER BY f.feature_set
