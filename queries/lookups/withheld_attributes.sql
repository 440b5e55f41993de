-- How many attributes of the participants of a dataset there are.
-- parameter dataset: text
-- column row_count: integer never NULL
SELECT count(*) AS row_count
FROM subject_attribute a JOIN subject s USING (subject_id) JOIN dataset d USING (dataset_id)
WHERE d.name = :dataset
