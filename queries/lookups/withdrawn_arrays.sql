-- Arrays of a subject or rater that no unit computed.
-- parameter name: text
-- parameter dataset: text
-- column array_id: integer never NULL
-- column artifact_id: integer never NULL
-- column activity_id: integer never NULL
-- column name: text never NULL
-- column file: text never NULL
SELECT r.array_id, r.artifact_id, r.activity_id, r.name, r.file
FROM stored_array r
JOIN activity v ON v.activity_id = r.activity_id AND v.kind <> 'unit'
WHERE r.dataset = :dataset AND (r.subject = :name OR r.rater = :name)
ORDER BY r.array_id
