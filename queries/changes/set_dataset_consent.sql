-- The consent of a dataset.
-- parameter consent: text
-- parameter dataset: integer
UPDATE dataset SET consent = :consent WHERE dataset_id = :dataset
