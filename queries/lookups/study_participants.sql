-- One column of the participants table of a dataset.
-- parameter dataset: text
-- parameter column: text
SELECT s.name, a.value
FROM subject s JOIN dataset d USING (dataset_id) JOIN subject_attribute a USING (subject_id)
WHERE d.name = :dataset AND a.name = :column
ORDER BY s.name
