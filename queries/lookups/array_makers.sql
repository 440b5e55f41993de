-- Every stored array with what made it, file by file.
SELECT a.name, a.file, a.path, a.logical_sha256, a.axes_sha256, a.file_sha256, a.file_stamp,
  v.kind AS maker_kind, v.verb, v.activity_key, u.label, c.folder, c.words
FROM stored_array a
JOIN activity v USING (activity_id)
LEFT JOIN unit u ON u.unit_key = v.activity_key
LEFT JOIN import_command c USING (activity_id)
ORDER BY a.file, a.path, a.name
