-- Source files with their artifacts, by where they are.
SELECT f.source_file_id, f.path, f.sha256, f.bytes, f.licence, f.consent
FROM source_file f
ORDER BY f.path
