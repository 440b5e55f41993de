-- Recordings, imported and prepared, by name or by who was recorded; a parameter that is NULL is any.
-- parameter name: text or NULL
-- parameter dataset: text or NULL
-- parameter subject: text or NULL
-- parameter session: text or NULL
-- parameter run: text or NULL
-- column dataset: text never NULL
-- column subject: text never NULL
-- column rate_hz: real never NULL
-- column name: text never NULL
-- column file: text never NULL
-- column path: text never NULL
-- column logical_sha256: text never NULL
-- column axes_sha256: text never NULL
-- column file_sha256: text never NULL
-- column file_stamp: text never NULL
-- column units: text never NULL
-- column recording: text never NULL
-- column is_prepared: integer never NULL
WITH prepared AS (
  SELECT array AS name, recording FROM recording_preparation GROUP BY array
)
SELECT r.name, r.file, r.path, r.logical_sha256, r.axes_sha256, r.file_sha256, r.file_stamp, r.dataset, r.subject, r.session, r.run, r.rate_hz, r.units,
  coalesce(p.recording, r.name) AS recording, p.name IS NOT NULL AS is_prepared
FROM stored_array r LEFT JOIN prepared p ON p.name = r.name
WHERE r.kind = 'recording' AND (:name IS NULL OR r.name = :name) AND (:dataset IS NULL OR r.dataset = :dataset)
  AND (:subject IS NULL OR r.subject = :subject) AND (:session IS NULL OR r.session = :session)
  AND (:run IS NULL OR r.run = :run)
ORDER BY r.name
