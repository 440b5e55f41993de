-- What units were fitted on, dataset by dataset.
-- parameter units: text
-- column targets: text never NULL
-- column fit_count: integer never NULL
-- column stimulus_count: integer never NULL
-- column subject_count: integer
-- column sample_count: integer never NULL
SELECT f.dataset, d.licence, count(*) AS fit_count, max(f.stimulus_count) AS stimulus_count,
  nullif(max(coalesce(max(f.subject_count), 0), count(DISTINCT f.subject)), 0) AS subject_count, max(f.sample_count) AS sample_count,
  json_group_array(DISTINCT f.target_kind || ' ' || f.target) AS targets
FROM fit f
LEFT JOIN dataset d ON d.name = f.dataset
WHERE f.unit_key IN (SELECT value FROM json_each(:units))
GROUP BY f.dataset
ORDER BY f.dataset
