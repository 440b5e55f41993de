-- The datasets and files that arrays, sources (by their paths), activities and datasets descend from, each with its consent, its licence and a hashed thing that it came with; of whole datasets all that was imported into them and computed of them.
-- parameter arrays: text
-- parameter units: text
-- parameter datasets: text
-- parameter whole: text
-- column kind: text never NULL
-- column name: text never NULL
-- column dataset: text
-- column consent: text
-- column licence: text
-- column artifact_id: integer
WITH RECURSIVE
made(unit_key) AS (
  SELECT t.unit_key FROM json_each(:whole) w CROSS JOIN synchrony t ON t.dataset = w.value
  UNION
  SELECT t.unit_key FROM json_each(:whole) w CROSS JOIN stem t ON t.dataset = w.value
  UNION
  SELECT t.unit_key FROM json_each(:whole) w CROSS JOIN recording_preparation t ON t.dataset = w.value
  UNION
  SELECT t.unit_key FROM json_each(:whole) w CROSS JOIN channel_quality t ON t.dataset = w.value
  UNION
  SELECT t.unit_key FROM json_each(:whole) w CROSS JOIN component_quality t ON t.dataset = w.value
  UNION
  SELECT t.unit_key FROM json_each(:whole) w CROSS JOIN source_estimate t ON t.dataset = w.value
  UNION
  SELECT t.unit_key FROM json_each(:whole) w CROSS JOIN fit t ON t.dataset = w.value
  UNION
  SELECT t.unit_key FROM json_each(:whole) w CROSS JOIN lag_curve t ON t.dataset = w.value
  UNION
  SELECT t.unit_key FROM json_each(:whole) w CROSS JOIN anova_effect t ON t.dataset = w.value
  UNION
  SELECT t.unit_key FROM json_each(:whole) w CROSS JOIN calibration_rate t ON t.dataset = w.value
  UNION
  SELECT t.unit_key FROM json_each(:whole) w CROSS JOIN consistency t ON t.dataset = w.value
  UNION
  SELECT t.unit_key FROM json_each(:whole) w CROSS JOIN synchrony_gradient t ON t.dataset = w.value
  UNION
  SELECT t.unit_key FROM json_each(:whole) w CROSS JOIN factor_share t ON t.dataset = w.value
  UNION
  SELECT t.unit_key FROM json_each(:whole) w CROSS JOIN synchrony_contrast t ON w.value IN (t.dataset_a, t.dataset_b)
),
place(activity_id) AS (
  SELECT t.activity_id FROM json_each(:whole) w CROSS JOIN activity t ON t.dataset = w.value AND t.state = 'done'
  UNION
  SELECT t.activity_id FROM json_each(:whole) w CROSS JOIN stored_array t ON t.dataset = w.value
  UNION
  SELECT t.activity_id FROM json_each(:whole) w CROSS JOIN clock_ledger t ON t.dataset = w.value
  UNION
  SELECT t.activity_id FROM json_each(:whole) w CROSS JOIN alignment t ON t.dataset = w.value
  UNION
  SELECT t.activity_id FROM json_each(:whole) w CROSS JOIN external_score t ON t.dataset = w.value
  UNION
  SELECT t.activity_id FROM json_each(:whole) w JOIN dataset d ON d.name = w.value CROSS JOIN recording t ON t.dataset_id = d.dataset_id
  UNION
  SELECT t.activity_id FROM json_each(:whole) w JOIN dataset d ON d.name = w.value CROSS JOIN annotation_series t ON t.dataset_id = d.dataset_id
  UNION
  SELECT t.activity_id FROM json_each(:whole) w JOIN dataset d ON d.name = w.value CROSS JOIN exclusion t ON t.dataset_id = d.dataset_id
  UNION
  SELECT t.activity_id FROM json_each(:whole) w JOIN dataset d ON d.name = w.value CROSS JOIN stimulus t ON t.dataset_id = d.dataset_id
  UNION
  SELECT v.activity_id FROM made m JOIN activity v ON v.activity_key = m.unit_key
),
ancestor(artifact_id) AS (
  SELECT artifact_id FROM stored_array WHERE name IN (SELECT value FROM json_each(:arrays))
  UNION
  SELECT t.artifact_id FROM source_file f
  JOIN artifact t ON t.sha256 = f.sha256 AND t.kind = 'source'
  WHERE f.path IN (SELECT value FROM json_each(:arrays))
  UNION
  SELECT s.artifact_id FROM activity v
  JOIN used s ON s.activity_id = v.activity_id
  WHERE v.activity_key IN (SELECT value FROM json_each(:units))
  UNION
  SELECT s.artifact_id FROM place p
  JOIN used s ON s.activity_id = p.activity_id
  UNION
  SELECT s.artifact_id FROM ancestor a
  JOIN generated g ON g.artifact_id = a.artifact_id
  JOIN used s ON s.activity_id = g.activity_id
),
origin(dataset, artifact_id) AS (
  SELECT v.dataset, a.artifact_id FROM ancestor a
  JOIN generated g ON g.artifact_id = a.artifact_id
  JOIN activity v ON v.activity_id = g.activity_id AND v.kind = 'import'
  UNION
  SELECT v.dataset, a.artifact_id FROM ancestor a
  JOIN artifact t ON t.artifact_id = a.artifact_id AND t.kind = 'source'
  JOIN used s ON s.artifact_id = a.artifact_id
  JOIN activity v ON v.activity_id = s.activity_id AND v.kind = 'import'
  UNION
  SELECT NULL, a.artifact_id FROM ancestor a
  JOIN artifact t ON t.artifact_id = a.artifact_id AND t.kind = 'source'
  UNION
  SELECT r.dataset, a.artifact_id FROM ancestor a
  JOIN stored_array r ON r.artifact_id = a.artifact_id
  UNION
  SELECT v.dataset, NULL FROM activity v WHERE v.activity_key IN (SELECT value FROM json_each(:units))
  UNION
  SELECT v.dataset, NULL FROM place p JOIN activity v ON v.activity_id = p.activity_id
  UNION
  SELECT value, NULL FROM json_each(:datasets)
  UNION
  SELECT value, NULL FROM json_each(:whole)
)
SELECT 'dataset' AS kind, d.name, d.name AS dataset, d.consent, d.licence, min(o.artifact_id) AS artifact_id
FROM origin o
JOIN dataset d ON d.name = o.dataset
GROUP BY d.dataset_id
UNION ALL
SELECT 'file', f.path, min(o.dataset), f.consent, f.licence, min(o.artifact_id)
FROM origin o
JOIN artifact t ON t.artifact_id = o.artifact_id AND t.kind = 'source'
JOIN source_file f ON f.sha256 = t.sha256 AND f.path NOT LIKE 'built-in:%'
GROUP BY f.source_file_id
ORDER BY 1, 2
