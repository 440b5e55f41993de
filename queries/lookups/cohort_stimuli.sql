-- Every stimulus with its dataset.
SELECT t.stimulus_id AS id, t.name, d.name AS dataset FROM stimulus t JOIN dataset d ON d.dataset_id = t.dataset_id
ORDER BY d.name, t.name
