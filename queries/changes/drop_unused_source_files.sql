-- Source files no import that stands has read.
DELETE FROM source_file WHERE NOT EXISTS (
  SELECT 1 FROM artifact a
  JOIN used s ON s.artifact_id = a.artifact_id
  JOIN activity v ON v.activity_id = s.activity_id AND v.state = 'done'
  WHERE a.kind = 'source' AND a.sha256 = source_file.sha256)
  AND NOT EXISTS (SELECT 1 FROM stimulus t WHERE t.source_file_id = source_file.source_file_id)
