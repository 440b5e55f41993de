-- Files that imports of a dataset read, with their consent, and the words of the other datasets whose imports read them too.
-- parameter dataset: text
-- column source_file_id: integer never NULL
-- column path: text never NULL
-- column other_words: text never NULL
SELECT f.source_file_id, f.path, f.consent, (
    SELECT json_group_array(x.consent) FROM dataset x
    WHERE x.name <> :dataset AND EXISTS (
      SELECT 1 FROM artifact b JOIN used t ON t.artifact_id = b.artifact_id
      JOIN activity w ON w.activity_id = t.activity_id AND w.kind = 'import' AND w.state = 'done'
      WHERE b.kind = 'source' AND b.sha256 = f.sha256 AND w.dataset = x.name)) AS other_words
FROM source_file f
WHERE EXISTS (
  SELECT 1 FROM artifact a JOIN used s ON s.artifact_id = a.artifact_id
  JOIN activity v ON v.activity_id = s.activity_id AND v.kind = 'import' AND v.state = 'done'
  WHERE a.kind = 'source' AND a.sha256 = f.sha256 AND v.dataset = :dataset)
ORDER BY f.path
