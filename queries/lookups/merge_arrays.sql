-- Every stored array with its maker and its file.
SELECT y.activity_id, v.kind AS activity_kind, y.name, y.logical_sha256, y.file, y.file_sha256, y.bytes
FROM stored_array y
JOIN activity v ON v.activity_id = y.activity_id
ORDER BY y.file, y.path
