-- Everybody of whom rows are here, by dataset, and not arrays alone.
-- column dataset: text never NULL
-- column name: text never NULL
SELECT d.name AS dataset, s.name FROM subject s JOIN dataset d USING (dataset_id)
UNION SELECT d.name, r.name FROM rater r JOIN dataset d USING (dataset_id)
UNION SELECT dataset, subject FROM external_score WHERE subject IS NOT NULL
UNION SELECT dataset, rater FROM external_score WHERE rater IS NOT NULL
ORDER BY 1, 2
