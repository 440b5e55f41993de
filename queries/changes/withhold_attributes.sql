-- The attributes of the participants of a dataset are left out.
-- parameter dataset: text
DELETE FROM subject_attribute WHERE subject_id IN (
  SELECT s.subject_id FROM subject s JOIN dataset d USING (dataset_id) WHERE d.name = :dataset)
