-- What participants tables say of a subject, and which import said it.
-- parameter dataset: text
-- parameter subject: text
SELECT a.name, a.activity_id
FROM subject_attribute a JOIN subject s USING (subject_id) JOIN dataset d USING (dataset_id)
WHERE d.name = :dataset AND s.name = :subject
ORDER BY a.name
