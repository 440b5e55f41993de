-- No run of a study's name is the current one.
-- parameter study: text
UPDATE run SET is_current = 0
WHERE is_current = 1 AND study_id IN (SELECT study_id FROM study WHERE name = :study)
