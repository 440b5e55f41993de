-- Showings and events of one recording, in its own time.
SELECT 'presentation' AS kind, t.name, p.onset_s, p.duration_s
FROM presentation p JOIN recording c USING (recording_id) JOIN array r USING (array_id) JOIN stimulus t USING (stimulus_id)
WHERE r.name = :array
UNION ALL
SELECT 'event', e.name, e.onset_s, e.duration_s
FROM event e JOIN recording c USING (recording_id) JOIN array r USING (array_id)
WHERE r.name = :array
ORDER BY kind DESC, onset_s
