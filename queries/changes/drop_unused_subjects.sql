-- Subjects nothing speaks of any more.
DELETE FROM subject WHERE NOT EXISTS (SELECT 1 FROM recording r WHERE r.subject_id = subject.subject_id)
  AND NOT EXISTS (SELECT 1 FROM annotation_series s WHERE s.subject_id = subject.subject_id)
  AND NOT EXISTS (SELECT 1 FROM subject_attribute a WHERE a.subject_id = subject.subject_id)
  AND NOT EXISTS (SELECT 1 FROM cohort_member c WHERE c.subject_id = subject.subject_id)
