-- Channels of one array that are bad: as imported, or as a preparation found them.
SELECT c.label AS channel, 'imported' AS reasons, 0 AS is_interpolated
FROM recording_channel c JOIN recording USING (recording_id) JOIN array r USING (array_id)
WHERE r.name = :array AND c.is_bad
UNION
SELECT q.channel, q.reasons, q.is_interpolated
FROM channel_quality q JOIN recording_preparation p USING (unit_key)
WHERE p.array = :array AND q.is_bad
