-- Acquisition runs nothing speaks of any more.
DELETE FROM acquisition_run WHERE NOT EXISTS (
    SELECT 1 FROM recording r WHERE r.acquisition_run_id = acquisition_run.acquisition_run_id)
  AND NOT EXISTS (
    SELECT 1 FROM annotation_series s WHERE s.acquisition_run_id = acquisition_run.acquisition_run_id)
