-- Stimuli lose the media an import brought.
-- parameter activity: integer
UPDATE stimulus SET source_file_id = NULL, duration_s = (
  SELECT max(last_s) FROM annotation_series a WHERE a.stimulus_id = stimulus.stimulus_id), audio_start_offset_s = NULL WHERE activity_id = :activity
