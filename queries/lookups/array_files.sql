-- Every stored array and where it is, file by file.
SELECT array_id, name, kind, dtype, shape, bytes, units, file, path, logical_sha256, axes_sha256, file_sha256, file_stamp FROM stored_array ORDER BY file, path
