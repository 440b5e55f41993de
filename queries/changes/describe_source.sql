-- Where a source was read last and on what licence; one that is not given stays.
-- parameter path: text
-- parameter licence: text or NULL
-- parameter source: integer
UPDATE source_file SET path = :path, licence = coalesce(:licence, licence) WHERE source_file_id = :source
