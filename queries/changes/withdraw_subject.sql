-- A subject, with attributes, sessions and memberships.
-- parameter subject: integer or NULL
DELETE FROM subject WHERE subject_id = :subject
