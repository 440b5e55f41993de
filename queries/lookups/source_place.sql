-- Where source bytes or the weights of a model are.
-- parameter sha256: text
-- parameter name: text
-- column path: text never NULL
-- column artifact_id: integer never NULL
SELECT path, artifact_id FROM source_file WHERE sha256 = :sha256
UNION ALL
SELECT folder, artifact_id FROM model WHERE weights_sha256 = :sha256 AND (name = :name OR :name = '')
UNION ALL
SELECT m.folder, m.artifact_id FROM model m JOIN artifact f USING (artifact_id) WHERE f.sha256 = :sha256
LIMIT 1
