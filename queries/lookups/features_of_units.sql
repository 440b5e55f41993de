-- The features of stimuli at one value a second that units read or made.
-- parameter units: text
-- column dataset: text never NULL
-- column stimulus: text never NULL
-- column feature_set: text never NULL
SELECT a.name, a.dataset, a.stimulus, a.element, a.feature_set, a.layer_key, a.parameters
FROM stored_array a
WHERE a.kind = 'feature' AND abs(a.rate_hz - 1) < 1e-9 AND a.dataset IS NOT NULL AND a.stimulus IS NOT NULL
  AND a.feature_set IS NOT NULL
  AND a.artifact_id IN (
    SELECT s.artifact_id FROM activity v JOIN used s USING (activity_id)
    WHERE v.activity_key IN (SELECT value FROM json_each(:units))
    UNION
    SELECT g.artifact_id FROM activity v JOIN generated g USING (activity_id)
    WHERE v.activity_key IN (SELECT value FROM json_each(:units)))
ORDER BY a.name
