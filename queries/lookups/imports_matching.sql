-- Imports that a name speaks of: a source path or its last part, an import key, an array, a model, an atlas, a leadfield or filters.
-- parameter name: text
-- parameter place: text
-- column activity_id: integer never NULL
-- column activity_key: text never NULL
-- column verb: text never NULL
-- column started_at: text never NULL
-- column source: text
WITH source AS (
  SELECT s.activity_id, a.name
  FROM used s JOIN artifact a ON a.artifact_id = s.artifact_id
  WHERE a.kind = 'source' AND s.role = 'source'
)
SELECT v.activity_id, v.activity_key, v.verb, v.dataset, v.started_at,
  (SELECT min(name) FROM source x WHERE x.activity_id = v.activity_id) AS source
FROM activity v
WHERE v.kind = 'import' AND v.state = 'done' AND (
  EXISTS (SELECT 1 FROM source x WHERE x.activity_id = v.activity_id
    AND (x.name = :name OR x.name = :place OR substr(x.name, -length(:name) - 1) = '/' || :name))
  OR (length(:name) >= 6 AND substr(v.activity_key, 1, length(:name)) = :name)
  OR EXISTS (SELECT 1 FROM stored_array r WHERE r.activity_id = v.activity_id AND r.name = :name)
  OR EXISTS (SELECT 1 FROM model m WHERE m.activity_id = v.activity_id AND m.name = :name)
  OR EXISTS (SELECT 1 FROM atlas t WHERE t.activity_id = v.activity_id AND t.name = :name)
  OR EXISTS (SELECT 1 FROM leadfield l WHERE l.activity_id = v.activity_id AND l.name = :name)
  OR EXISTS (SELECT 1 FROM filter_bank b WHERE b.activity_id = v.activity_id AND b.name = :name)
  OR EXISTS (SELECT 1 FROM stimulus t WHERE t.activity_id = v.activity_id AND t.name = :name))
ORDER BY v.activity_id
