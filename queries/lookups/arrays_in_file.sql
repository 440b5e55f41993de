-- Arrays of one file, with everything that describes them.
-- parameter file: text
SELECT array_id, name, kind, file, path, logical_sha256, axes_sha256, file_sha256, file_stamp FROM stored_array WHERE file = :file ORDER BY path
