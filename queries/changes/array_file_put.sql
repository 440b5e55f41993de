-- An array file was put in its place; other arrays of the same values may be in it.
-- parameter sha256: text
-- parameter stamp: text
-- parameter file: text
UPDATE stored_array SET file_sha256 = :sha256, file_stamp = :stamp
WHERE file = :file AND (file_sha256 <> :sha256 OR file_stamp <> :stamp)
