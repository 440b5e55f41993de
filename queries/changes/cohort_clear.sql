-- A cohort that was defined is no more.
-- parameter name: text
DELETE FROM cohort WHERE name = :name AND dataset_id IS NULL
