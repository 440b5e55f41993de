-- Raters nothing speaks of any more.
DELETE FROM rater WHERE NOT EXISTS (SELECT 1 FROM annotation_series s WHERE s.rater_id = rater.rater_id)
