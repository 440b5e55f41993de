-- Channels of one array that are bad: as imported, or as a preparation found them.
-- parameter array: text
-- column channel: text never NULL
-- column reasons: text never NULL
-- column is_interpolated: integer never NULL
SELECT c.label AS channel, 'imported' AS reasons, 0 AS is_interpolated
FROM recording_channel c JOIN recording USING (recording_id) JOIN stored_array r USING (array_id)
WHERE r.name = :array AND c.is_bad
UNION
SELECT q.channel, q.reasons, q.is_interpolated
FROM channel_quality q JOIN recording_preparation p USING (unit_key)
WHERE p.array = :array AND q.is_bad
