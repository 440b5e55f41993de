-- Datasets nothing is left of; their cohort goes with them.
DELETE FROM dataset WHERE NOT EXISTS (SELECT 1 FROM subject s WHERE s.dataset_id = dataset.dataset_id)
  AND NOT EXISTS (SELECT 1 FROM stimulus s WHERE s.dataset_id = dataset.dataset_id)
  AND NOT EXISTS (SELECT 1 FROM recording r WHERE r.dataset_id = dataset.dataset_id)
  AND NOT EXISTS (SELECT 1 FROM exclusion x WHERE x.dataset_id = dataset.dataset_id)
  AND NOT EXISTS (SELECT 1 FROM stored_array a WHERE a.dataset = dataset.name)
  AND NOT EXISTS (SELECT 1 FROM external_score e WHERE e.dataset = dataset.name)
