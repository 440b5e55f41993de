-- A cohort and the queries that chose its members.
-- parameter name: text
SELECT cohort_id, dataset_id, subject_sql, stimulus_sql FROM cohort WHERE name = :name
