-- Recordings of a subject, with their channels, events and presentations.
-- parameter subject: integer or NULL
DELETE FROM recording WHERE subject_id = :subject
