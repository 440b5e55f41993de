-- Cohorts that are no whole dataset and have no members.
DELETE FROM cohort
WHERE dataset_id IS NULL AND NOT EXISTS (SELECT 1 FROM cohort_member m WHERE m.cohort_id = cohort.cohort_id)
