-- The subjects of a dataset.
-- parameter dataset: text
SELECT s.name FROM subject s JOIN dataset d USING (dataset_id) WHERE d.name = :dataset ORDER BY s.name
