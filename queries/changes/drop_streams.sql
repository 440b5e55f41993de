-- Streams of media an import brought.
-- parameter activity: integer
DELETE FROM stream WHERE stimulus_id IN (SELECT stimulus_id FROM stimulus WHERE activity_id = :activity)
