-- Recordings of a dataset with the same samples.
-- parameter dataset: text
-- parameter sha256: text
SELECT s.name AS subject, r.array_id, a.name AS array
FROM recording r
JOIN dataset d ON d.dataset_id = r.dataset_id
JOIN subject s ON s.subject_id = r.subject_id
JOIN stored_array a ON a.array_id = r.array_id
WHERE d.name = :dataset AND r.content_sha256 = :sha256
ORDER BY a.name
