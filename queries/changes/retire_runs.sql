-- No run of a study's name is the current one for a purpose.
-- parameter study: text
-- parameter purpose: text
UPDATE run SET is_current = 0
WHERE is_current = 1 AND purpose = :purpose AND study_id IN (SELECT study_id FROM study WHERE name = :study)
