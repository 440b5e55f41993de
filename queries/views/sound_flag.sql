-- Which units were computed from the features of a sound with something against it?
-- assumption: vis12 is made of the picture
-- column flags (text): space-separated; evoke explain FLAG tells what each means; views of results add them to their own
-- column unit_key: unit whose features are of such a sound
WITH
remarkable AS (
  SELECT y.artifact_id, p.remarkable
  FROM sound p
  JOIN stimulus t ON t.stimulus_id = p.stimulus_id
  JOIN dataset d ON d.dataset_id = t.dataset_id
  JOIN stored_array y ON y.kind = 'feature' AND y.dataset = d.name AND y.stimulus = t.name AND y.element = p.element
    AND y.feature_set <> 'vis12'
  WHERE p.remarkable <> ''
  UNION
  -- Of a separated sound those features that were made of it.
  SELECT y.artifact_id, t.remarkable
  FROM stem t
  JOIN activity v ON v.activity_key = t.unit_key
  JOIN generated h ON h.activity_id = v.activity_id
  JOIN artifact a ON a.artifact_id = h.artifact_id AND a.kind = 'array' AND a.name = t.array
  JOIN used m ON m.artifact_id = a.artifact_id
  JOIN generated g ON g.activity_id = m.activity_id
  JOIN stored_array y ON y.artifact_id = g.artifact_id AND y.kind = 'feature'
  WHERE t.remarkable <> ''
)
SELECT
  rtrim(
    max(CASE WHEN ' ' || p.remarkable || ' ' LIKE '% sound_cancels %' THEN 'sound_cancels ' ELSE '' END)
    || max(CASE WHEN ' ' || p.remarkable || ' ' LIKE '% sound_clipped %' THEN 'sound_clipped ' ELSE '' END)
    || max(CASE WHEN ' ' || p.remarkable || ' ' LIKE '% sound_offset %' THEN 'sound_offset ' ELSE '' END)
    || max(CASE WHEN ' ' || p.remarkable || ' ' LIKE '% sound_silent %' THEN 'sound_silent ' ELSE '' END)) AS flags,
  u.activity_key AS unit_key
FROM remarkable p
JOIN used s ON s.artifact_id = p.artifact_id
JOIN activity u ON u.activity_id = s.activity_id
GROUP BY u.activity_key
