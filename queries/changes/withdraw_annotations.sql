-- Annotations of a subject or rater.
-- parameter subject: integer or NULL
-- parameter rater: integer or NULL
DELETE FROM annotation_series WHERE subject_id = :subject OR rater_id = :rater
