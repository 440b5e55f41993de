-- The declared consent of a source file.
-- parameter sha256: text
SELECT source_file_id, consent FROM source_file WHERE sha256 = :sha256
