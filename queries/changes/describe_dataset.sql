-- The licence of a dataset; one that is not given stays.
-- parameter licence: text or NULL
-- parameter dataset: integer
UPDATE dataset SET licence = coalesce(:licence, licence) WHERE dataset_id = :dataset
