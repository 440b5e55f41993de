-- Imported models that separate voice and soundtrack.
SELECT name, weights_sha256, folder FROM model WHERE architecture = 'spleeter-2stems' ORDER BY name
