-- Group scores of a study with the delay that scores best alone, for comparison with a planted truth.
-- parameter study: text
-- parameter dataset: text
-- column p_max: real
-- column lag_s: real
SELECT f.cohort, f.element, f.target_kind, f.target, f.region, f.feature_set, f.layer_key, f.depth, sc.value AS r, sc.valid, sc.flags, n.p,
  (SELECT min(m.p_max)
   FROM family_member m JOIN family y ON y.family_key = m.family_key JOIN run_unit v ON v.unit_key = y.unit_key
   WHERE v.run_id = r.run_id AND m.fit_key = f.fit_key AND m.quantity = 'r') AS p_max,
  (SELECT l.lag_s FROM lag_score l WHERE l.fit_key = f.fit_key AND l.r IS NOT NULL
   ORDER BY l.r DESC, l.lag_s LIMIT 1) AS lag_s
FROM run r
  JOIN study s ON s.study_id = r.study_id
  JOIN run_unit ru ON ru.run_id = r.run_id
  JOIN fit f ON f.unit_key = ru.unit_key
  JOIN score sc ON sc.fit_key = f.fit_key AND sc.quantity = 'r'
  LEFT JOIN null_summary n ON n.fit_key = f.fit_key AND n.quantity = 'r'
WHERE s.name = :study AND r.is_current = 1 AND f.dataset = :dataset AND f.subject IS NULL AND f.rater IS NULL
  AND f.covariate_mode IN ('none', 'audio_only')
ORDER BY f.target_kind, f.target, f.region, f.depth, f.feature_set
