-- The terms of a dataset; those that are not given stay.
-- parameter licence: text or NULL
-- parameter consent: text or NULL
-- parameter dataset: integer
UPDATE dataset SET licence = coalesce(:licence, licence), consent = coalesce(:consent, consent)
WHERE dataset_id = :dataset
