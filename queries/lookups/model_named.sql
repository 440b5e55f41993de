-- The model of a name.
-- parameter name: text
SELECT model_id, name, weights_sha256, folder, configuration FROM model WHERE name = :name
