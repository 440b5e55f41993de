-- Every stored array with what made it, file by file.
SELECT r.array_id, r.name, r.dataset, r.activity_id, r.shape, r.bytes, r.file, r.logical_sha256, r.file_sha256,
  v.activity_key
FROM stored_array r JOIN activity v USING (activity_id)
ORDER BY r.file, r.path
