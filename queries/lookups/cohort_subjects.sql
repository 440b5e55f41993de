-- Every subject with its dataset.
SELECT s.subject_id AS id, s.name, d.name AS dataset FROM subject s JOIN dataset d ON d.dataset_id = s.dataset_id
ORDER BY d.name, s.name
