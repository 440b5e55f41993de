-- What a study can name: of each dataset stimuli with sound and with a picture, imported feature spaces, ratings and recorded
-- signals (count: raters, subjects; sounds one by one) and studies that fit its regions; of all of them encoders and models that separate voice and soundtrack.
-- column dataset: text
-- column what: text never NULL
-- column name: text
-- column count: integer never NULL
-- column rate_hz: real
SELECT d.name AS dataset, 'sound' AS what, s.name AS name, 1 AS count, NULL AS rate_hz
FROM element e JOIN stimulus s USING (stimulus_id) JOIN dataset d USING (dataset_id)
WHERE e.name = 'original'
UNION ALL
SELECT d.name, 'picture', NULL, count(DISTINCT s.stimulus_id), NULL
FROM stream v JOIN stimulus s USING (stimulus_id) JOIN dataset d USING (dataset_id)
WHERE v.kind = 'video' AND v.is_chosen GROUP BY d.name
UNION ALL
SELECT a.dataset, 'space', a.feature_set, count(DISTINCT a.stimulus), NULL
FROM stored_array a JOIN activity v USING (activity_id)
WHERE a.kind = 'feature' AND v.kind = 'import' GROUP BY a.dataset, a.feature_set
UNION ALL
SELECT d.name, 'rating', n.name, count(DISTINCT coalesce(r.rater, r.subject, '')), NULL
FROM annotation_series n JOIN dataset d USING (dataset_id) JOIN stored_array r USING (array_id)
WHERE n.kind = 'rating' GROUP BY d.name, n.name
UNION ALL
SELECT d.name, 'signal', c.name, count(DISTINCT c.subject_id), min(c.rate_hz)
FROM recording c JOIN dataset d USING (dataset_id) GROUP BY d.name, c.name
UNION ALL
SELECT f.dataset, 'mapped', u.study, count(DISTINCT f.region), NULL
FROM current_unit u JOIN fit f ON f.unit_key = u.unit_key
WHERE f.region IS NOT NULL GROUP BY f.dataset, u.study
UNION ALL
SELECT d.name, 'separation', NULL, count(*), NULL
FROM element e JOIN stimulus s USING (stimulus_id) JOIN dataset d USING (dataset_id)
WHERE e.name = 'voice' GROUP BY d.name
UNION ALL
SELECT NULL, CASE architecture WHEN 'spleeter-2stems' THEN 'separation' ELSE 'encoder' END, name, 1, NULL FROM model
ORDER BY 1, 2, 3
