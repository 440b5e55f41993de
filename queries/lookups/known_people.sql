-- Names of subjects and raters.
-- column name: text never NULL
SELECT name FROM subject UNION SELECT name FROM rater ORDER BY name
