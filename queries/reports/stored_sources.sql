-- Source files, by their content.
SELECT path, sha256, bytes, licence, consent FROM source_file ORDER BY path
