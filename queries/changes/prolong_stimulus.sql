-- A stimulus without media is as long as the longest series that lies on it.
-- parameter duration_s: real
-- parameter stimulus: integer
UPDATE stimulus SET duration_s = max(coalesce(duration_s, 0), :duration_s)
WHERE stimulus_id = :stimulus AND source_file_id IS NULL
