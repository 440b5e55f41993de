-- The layers of a model in their order along the network.
-- parameter name: text
SELECT m.name AS model, m.architecture, m.weights_sha256, m.folder, m.configuration, l.layer_key, l.depth, l.rel_depth, l.dimension, l.rate_hz, l.context_s
FROM model m JOIN layer l USING (model_id)
WHERE m.name = :name
ORDER BY l.depth, l.layer_key
