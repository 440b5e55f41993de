-- Artifacts nothing made, nothing read and nothing refers to.
DELETE FROM artifact WHERE NOT EXISTS (SELECT 1 FROM used s WHERE s.artifact_id = artifact.artifact_id)
  AND NOT EXISTS (SELECT 1 FROM generated g WHERE g.artifact_id = artifact.artifact_id)
  AND NOT EXISTS (SELECT 1 FROM stored_array r WHERE r.artifact_id = artifact.artifact_id)
  AND NOT EXISTS (SELECT 1 FROM model m WHERE m.artifact_id = artifact.artifact_id)
  AND NOT EXISTS (SELECT 1 FROM source_file f WHERE f.artifact_id = artifact.artifact_id)
