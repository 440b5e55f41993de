SELECT cohort_id, dataset_id, subject_sql, stimulus_sql FROM cohort WHERE name = :name
