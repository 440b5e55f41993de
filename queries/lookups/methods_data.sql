-- What units were fitted on, dataset by dataset, ratings and recordings apart.
-- parameter units: text
-- column is_rated: integer never NULL
-- column targets: text never NULL
-- column fit_count: integer never NULL
-- column stimulus_count: integer never NULL
-- column person_count: integer
-- column sample_count: integer never NULL
SELECT f.dataset, d.licence, f.target_kind = 'annotation' AS is_rated, count(*) AS fit_count,
  max(f.stimulus_count) AS stimulus_count,
  nullif(max(coalesce(max(f.subject_count), 0), count(DISTINCT coalesce(f.subject, f.rater))), 0) AS person_count,
  max(f.sample_count) AS sample_count,
  json_group_array(DISTINCT f.target_kind || ' ' || f.target) AS targets
FROM fit f
LEFT JOIN dataset d ON d.name = f.dataset
WHERE f.unit_key IN (SELECT value FROM json_each(:units))
GROUP BY f.dataset, is_rated
ORDER BY f.dataset, is_rated
