DELETE FROM cohort WHERE name = :name AND dataset_id IS NULL
