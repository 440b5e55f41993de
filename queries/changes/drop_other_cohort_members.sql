-- Members of cohorts from datasets of which no activity is left.
DELETE FROM cohort_member
WHERE coalesce(
  (SELECT s.dataset_id FROM subject s WHERE s.subject_id = cohort_member.subject_id),
  (SELECT t.dataset_id FROM stimulus t WHERE t.stimulus_id = cohort_member.stimulus_id))
  NOT IN (SELECT d.dataset_id FROM dataset d JOIN activity v ON v.dataset = d.name)
