-- Cohorts that were defined, with their sizes.
-- column cohort: text never NULL
-- column subjects: integer never NULL
-- column stimuli: integer never NULL
SELECT c.name AS cohort, count(DISTINCT m.subject_id) AS subjects, count(DISTINCT m.stimulus_id) AS stimuli,
  c.subject_sql, c.stimulus_sql
FROM cohort c LEFT JOIN cohort_member m ON m.cohort_id = c.cohort_id
WHERE c.dataset_id IS NULL
GROUP BY c.cohort_id
ORDER BY c.name
