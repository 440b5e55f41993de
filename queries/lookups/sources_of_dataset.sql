-- Files that imports of a dataset read, with their consent, and whether imports of other datasets read them too.
-- parameter dataset: text
-- column source_file_id: integer never NULL
-- column path: text never NULL
-- column is_shared: integer never NULL
SELECT f.source_file_id, f.path, f.consent, EXISTS (
    SELECT 1 FROM artifact b JOIN used t ON t.artifact_id = b.artifact_id
    JOIN activity w ON w.activity_id = t.activity_id AND w.kind = 'import' AND w.state = 'done'
    WHERE b.kind = 'source' AND b.sha256 = f.sha256 AND w.dataset <> :dataset) AS is_shared
FROM source_file f
WHERE EXISTS (
  SELECT 1 FROM artifact a JOIN used s ON s.artifact_id = a.artifact_id
  JOIN activity v ON v.activity_id = s.activity_id AND v.kind = 'import' AND v.state = 'done'
  WHERE a.kind = 'source' AND a.sha256 = f.sha256 AND v.dataset = :dataset)
ORDER BY f.path
