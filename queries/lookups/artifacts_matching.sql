-- Artifacts that a name speaks of: an array, a source path or its last part, a model, or the first digits of a unit key.
-- parameter name: text
-- parameter place: text
SELECT a.artifact_id, a.kind, a.name, a.sha256, a.bytes
FROM artifact a
WHERE a.name = :name OR a.name = :place
  OR (a.kind = 'source' AND substr(a.name, -length(:name) - 1) = '/' || :name)
  OR (a.kind = 'result' AND length(:name) >= 6 AND substr(a.name, 1, length(:name)) = :name)
  OR (a.kind = 'result' AND a.name = (SELECT unit_key FROM fit WHERE fit_key = :name))
  OR (a.kind = 'array' AND length(:name) >= 6 AND substr(a.sha256, 1, length(:name)) = :name)
ORDER BY a.kind, a.name
