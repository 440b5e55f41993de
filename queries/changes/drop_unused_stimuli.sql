-- Stimuli nothing speaks of any more.
DELETE FROM stimulus WHERE source_file_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM presentation p WHERE p.stimulus_id = stimulus.stimulus_id)
  AND NOT EXISTS (SELECT 1 FROM annotation_series s WHERE s.stimulus_id = stimulus.stimulus_id)
  AND NOT EXISTS (SELECT 1 FROM cohort_member c WHERE c.stimulus_id = stimulus.stimulus_id)
  AND NOT EXISTS (
    SELECT 1 FROM stored_array r JOIN dataset d ON d.name = r.dataset
    WHERE d.dataset_id = stimulus.dataset_id AND r.stimulus = stimulus.name)
