-- Every stored array with what made it, file by file.
SELECT r.array_id, r.artifact_id, r.name, r.kind, r.subject, r.shape, r.bytes, r.file, r.logical_sha256, r.file_sha256,
  v.kind AS maker
FROM stored_array r JOIN activity v USING (activity_id)
ORDER BY r.file, r.path
