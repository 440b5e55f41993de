-- What things are called that begin with some letters, at most 200 of them.
-- parameter prefix: text
-- column name: text never NULL
SELECT name FROM (
  SELECT name FROM dataset UNION SELECT name FROM cohort UNION SELECT name FROM subject UNION SELECT name FROM stimulus
  UNION SELECT name FROM study UNION SELECT name FROM model UNION SELECT name FROM annotation_series
  UNION SELECT name FROM feature_space UNION SELECT name FROM region
  UNION SELECT name FROM stored_array WHERE name >= :prefix AND name < :prefix || char(1114111)
)
WHERE substr(name, 1, length(:prefix)) = :prefix
ORDER BY name
LIMIT 200
