-- Subjects of the datasets of activities of whom nothing is left are no members of cohorts.
-- parameter activities: text
DELETE FROM cohort_member WHERE subject_id IN (
  SELECT s.subject_id FROM subject s
  WHERE s.dataset_id IN (
      SELECT d.dataset_id FROM activity v JOIN dataset d ON d.name = v.dataset
      WHERE v.activity_id IN (SELECT value FROM json_each(:activities)))
    AND NOT EXISTS (SELECT 1 FROM recording r WHERE r.subject_id = s.subject_id)
    AND NOT EXISTS (SELECT 1 FROM annotation_series a WHERE a.subject_id = s.subject_id)
    AND NOT EXISTS (SELECT 1 FROM subject_attribute b WHERE b.subject_id = s.subject_id))
