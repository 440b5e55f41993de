-- Artifacts that a name speaks of: an array, a source path or its last part, a model, the first digits of a unit key or of a hash, a fit, the media of a stimulus.
-- parameter name: text
-- parameter place: text
SELECT a.artifact_id, a.kind, a.name, a.sha256, a.bytes, u.label
FROM artifact a
LEFT JOIN unit u ON a.kind = 'result' AND u.unit_key = a.name
WHERE a.artifact_id IN (
  SELECT artifact_id FROM artifact
  WHERE kind IN ('source', 'array', 'model', 'table', 'result') AND name IN (:name, :place)
  UNION
  SELECT artifact_id FROM artifact WHERE kind = 'source' AND substr(name, -length(:name) - 1) = '/' || :name
  UNION
  SELECT artifact_id FROM artifact
  WHERE kind = 'result' AND length(:name) >= 6 AND name >= :name AND name < :name || '~'
  UNION
  SELECT artifact_id FROM artifact
  WHERE kind = 'result' AND name = (SELECT unit_key FROM fit WHERE fit_key = :name)
  UNION
  SELECT artifact_id FROM artifact
  WHERE length(:name) >= 6 AND :name NOT GLOB '*[^0-9a-f]*' AND kind IN ('source', 'array', 'model', 'table')
    AND substr(sha256, 1, length(:name)) = :name
  UNION
  SELECT s.artifact_id
  FROM stimulus t
  JOIN dataset d USING (dataset_id)
  JOIN used s ON s.activity_id = t.activity_id AND s.role = 'source'
  WHERE :name IN (t.name, d.name || '/' || t.name))
ORDER BY a.kind, a.name
