-- Which features are stored for which stimulus and element: layers, rate, rows and columns.
-- column dataset: text never NULL
-- column stimulus: text never NULL
-- column feature_set: text never NULL
-- column source: text never NULL
-- column layers: integer never NULL
-- column rows: integer never NULL
-- column columns: integer never NULL
-- column bytes: integer never NULL
SELECT a.dataset, a.stimulus, a.element, a.feature_set,
  CASE WHEN a.model IS NOT NULL THEN 'model' WHEN v.kind = 'import' THEN 'space' ELSE 'set' END AS source,
  sum(a.layer_key IS NOT NULL) AS layers, a.rate_hz,
  max(json_extract(a.shape, '$[0]')) AS rows,
  CASE WHEN json_array_length(a.shape) > 1 THEN max(json_extract(a.shape, '$[1]')) ELSE 1 END AS columns,
  sum(a.bytes) AS bytes
FROM stored_array a JOIN activity v USING (activity_id)
WHERE a.kind = 'feature'
GROUP BY a.dataset, a.stimulus, a.element, a.feature_set, source, a.rate_hz, a.parameters
ORDER BY a.dataset, a.stimulus, a.element, a.feature_set, a.rate_hz
