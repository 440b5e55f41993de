-- Showings and events of one recording, in its own time.
-- parameter array: text
-- column kind: text never NULL
-- column name: text never NULL
-- column onset_s: real never NULL
-- column duration_s: real
SELECT 'presentation' AS kind, t.name, p.onset_s, p.duration_s
FROM presentation p JOIN recording c USING (recording_id) JOIN stored_array r USING (array_id) JOIN stimulus t USING (stimulus_id)
WHERE r.name = :array
UNION ALL
SELECT 'event', e.name, e.onset_s, e.duration_s
FROM event e JOIN recording c USING (recording_id) JOIN stored_array r USING (array_id)
WHERE r.name = :array
ORDER BY kind DESC, onset_s
