-- Imported models and the folders their weights are read from.
SELECT name, architecture, weights_sha256, folder FROM model ORDER BY name
