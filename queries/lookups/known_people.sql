-- Names of subjects and raters, also of those of whom arrays alone are left.
-- column name: text never NULL
SELECT name FROM subject
UNION SELECT name FROM rater
UNION SELECT subject FROM stored_array WHERE subject IS NOT NULL
UNION SELECT rater FROM stored_array WHERE rater IS NOT NULL
ORDER BY name
