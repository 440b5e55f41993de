-- Imported models with their layers and the folder or file of their weights. Features of permuted weights are a feature set
-- of their own, and none of the model's.
-- column layers: integer never NULL
-- column dimension: integer
-- column rate_hz: real
-- column stimuli: integer never NULL
SELECT m.name AS model, m.architecture, count(l.layer_key) AS layers,
  max(l.dimension) AS dimension, min(l.rate_hz) AS rate_hz, m.parameter_count AS parameters, m.folder,
  (SELECT count(DISTINCT a.dataset || '/' || a.stimulus) FROM stored_array a
   WHERE a.kind = 'feature' AND a.model = m.name AND a.feature_set = m.name) AS stimuli
FROM model m LEFT JOIN layer l USING (model_id)
GROUP BY m.model_id
ORDER BY m.name
