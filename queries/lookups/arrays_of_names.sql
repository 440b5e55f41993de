-- Arrays with the subject and rater they are of.
-- column dataset: text never NULL
-- column name: text never NULL
-- column made_as: text never NULL
SELECT r.activity_id, r.dataset, r.name, a.name AS made_as, r.subject, r.rater
FROM stored_array r JOIN artifact a ON a.artifact_id = r.artifact_id
WHERE r.dataset IS NOT NULL AND (r.subject IS NOT NULL OR r.rater IS NOT NULL)
ORDER BY r.array_id
