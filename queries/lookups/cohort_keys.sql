-- The keys of a cohort's members.
-- parameter name: text
SELECT m.subject_id, m.stimulus_id FROM cohort_member m JOIN cohort c ON c.cohort_id = m.cohort_id WHERE c.name = :name
ORDER BY m.subject_id, m.stimulus_id
