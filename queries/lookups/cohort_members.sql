-- The members of a cohort by name.
-- parameter name: text
SELECT c.name AS cohort, d.name AS dataset, s.name AS subject, t.name AS stimulus
FROM cohort c LEFT JOIN cohort_member m USING (cohort_id)
  LEFT JOIN subject s ON s.subject_id = m.subject_id
  LEFT JOIN stimulus t ON t.stimulus_id = m.stimulus_id
  LEFT JOIN dataset d ON d.dataset_id = coalesce(s.dataset_id, t.dataset_id, c.dataset_id)
WHERE c.name = :name
ORDER BY dataset, subject, stimulus
