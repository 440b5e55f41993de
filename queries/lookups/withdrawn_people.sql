-- Subjects and raters of a name, by dataset; scores of other programs may know people of whom nothing else is here.
-- parameter name: text
-- parameter dataset: text or NULL
-- column dataset: text never NULL
-- column subject_id: integer
-- column rater_id: integer
SELECT d.name AS dataset, s.subject_id, r.rater_id
FROM dataset d
LEFT JOIN subject s ON s.dataset_id = d.dataset_id AND s.name = :name
LEFT JOIN rater r ON r.dataset_id = d.dataset_id AND r.name = :name
WHERE (s.subject_id IS NOT NULL OR r.rater_id IS NOT NULL OR EXISTS (
    SELECT 1 FROM external_score e WHERE e.dataset = d.name AND (e.subject = :name OR e.rater = :name))) AND (:dataset IS NULL OR d.name = :dataset)
ORDER BY d.name
