-- Where a source was read last and on what terms; terms that are not given stay.
-- parameter path: text
-- parameter licence: text or NULL
-- parameter consent: text or NULL
-- parameter source: integer
UPDATE source_file SET path = :path, licence = coalesce(:licence, licence), consent = coalesce(:consent, consent)
WHERE source_file_id = :source
