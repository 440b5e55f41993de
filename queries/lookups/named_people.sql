-- Everybody who is named, by dataset; of some arrays alone are left.
-- column dataset: text never NULL
-- column name: text never NULL
SELECT d.name AS dataset, s.name FROM subject s JOIN dataset d USING (dataset_id)
UNION SELECT d.name, r.name FROM rater r JOIN dataset d USING (dataset_id)
UNION SELECT dataset, subject FROM external_score WHERE subject IS NOT NULL
UNION SELECT dataset, rater FROM external_score WHERE rater IS NOT NULL
UNION SELECT dataset, subject FROM stored_array WHERE dataset IS NOT NULL AND subject IS NOT NULL
UNION SELECT dataset, rater FROM stored_array WHERE dataset IS NOT NULL AND rater IS NOT NULL
ORDER BY 1, 2
