-- Subjects and raters of a name, by dataset; of some arrays alone are left, or scores of other programs.
-- parameter name: text
-- parameter dataset: text or NULL
-- column dataset: text never NULL
-- column subject_id: integer
-- column rater_id: integer
SELECT p.name AS dataset, s.subject_id, r.rater_id
FROM (
  SELECT name FROM dataset
  UNION SELECT dataset FROM stored_array WHERE dataset IS NOT NULL AND (subject = :name OR rater = :name)
) p
LEFT JOIN dataset d ON d.name = p.name
LEFT JOIN subject s ON s.dataset_id = d.dataset_id AND s.name = :name
LEFT JOIN rater r ON r.dataset_id = d.dataset_id AND r.name = :name
WHERE (s.subject_id IS NOT NULL OR r.rater_id IS NOT NULL
    OR EXISTS (SELECT 1 FROM external_score e WHERE e.dataset = p.name AND (e.subject = :name OR e.rater = :name))
    OR EXISTS (SELECT 1 FROM stored_array a WHERE a.dataset = p.name AND (a.subject = :name OR a.rater = :name)))
  AND (:dataset IS NULL OR p.name = :dataset)
ORDER BY p.name
