-- Feature spaces without arrays or model.
DELETE FROM feature_space WHERE NOT EXISTS (
  SELECT 1 FROM stored_array r WHERE r.feature_set = feature_space.name AND coalesce(r.layer_key, '') = feature_space.layer_key)
  AND NOT EXISTS (SELECT 1 FROM model m WHERE m.name = feature_space.model)
