-- The consent of a source file.
-- parameter consent: text
-- parameter source: integer
UPDATE source_file SET consent = :consent WHERE source_file_id = :source
