-- Which units were computed from the features of a sound with something against it?
-- assumption: of separated elements that were not imported nothing is known; vis12 is made of the picture
-- column unit_key: unit whose features are of such a sound
-- column flags: space-separated; evoke explain FLAG tells what each means; views of results add them to their own
SELECT u.activity_key AS unit_key, replace(group_concat(DISTINCT w.value), ',', ' ') AS flags
FROM sound p
JOIN stimulus t ON t.stimulus_id = p.stimulus_id
JOIN dataset d ON d.dataset_id = t.dataset_id
JOIN stored_array y ON y.kind = 'feature' AND y.dataset = d.name AND y.stimulus = t.name AND y.element = p.element
  AND y.feature_set <> 'vis12'
JOIN used s ON s.artifact_id = y.artifact_id
JOIN activity u ON u.activity_id = s.activity_id
JOIN json_each('["' || replace(p.remarkable, ' ', '","') || '"]') w
WHERE p.remarkable <> ''
GROUP BY u.activity_key
