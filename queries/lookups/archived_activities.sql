-- What the current runs of studies rest on: their units, everything these descend from, the imports of the sources they read,
-- tables of the same datasets (exclusions, participants, atlases), checks, consent, accepted edits, frozen results, and the
-- waivers of comparisons of which both sides are here.
-- parameter studies: text
-- column activity_id: integer never NULL
WITH RECURSIVE
needed(activity_id) AS (
  SELECT v.activity_id
  FROM study s
  JOIN run r ON r.study_id = s.study_id AND r.is_current = 1
  JOIN run_unit n ON n.run_id = r.run_id
  JOIN activity v ON v.activity_key = n.unit_key
  WHERE s.name IN (SELECT value FROM json_each(:studies))
  UNION
  SELECT g.activity_id
  FROM needed d
  JOIN used s ON s.activity_id = d.activity_id
  JOIN generated g ON g.artifact_id = s.artifact_id
  UNION
  SELECT m.activity_id
  FROM needed d
  JOIN activity u ON u.activity_id = d.activity_id AND u.kind = 'unit'
  JOIN used s ON s.activity_id = d.activity_id
  JOIN artifact a ON a.artifact_id = s.artifact_id AND a.kind = 'source'
  JOIN artifact b ON b.kind = 'source' AND b.sha256 = a.sha256
  JOIN used t ON t.artifact_id = b.artifact_id
  JOIN activity m ON m.activity_id = t.activity_id AND m.kind = 'import' AND m.state = 'done'
),
place(dataset) AS (
  SELECT DISTINCT v.dataset FROM needed d JOIN activity v USING (activity_id) WHERE v.dataset IS NOT NULL
),
unit_of(study, unit_key) AS (
  SELECT s.name, n.unit_key
  FROM study s
  JOIN run r ON r.study_id = s.study_id AND r.is_current = 1
  JOIN run_unit n ON n.run_id = r.run_id
  WHERE s.name IN (SELECT value FROM json_each(:studies))
),
side(study, cohort) AS (
  SELECT u.study, f.cohort FROM unit_of u JOIN fit f ON f.unit_key = u.unit_key
  UNION
  SELECT u.study, c.cohort_a FROM unit_of u JOIN synchrony_contrast c ON c.unit_key = u.unit_key
  UNION
  SELECT u.study, c.cohort_b FROM unit_of u JOIN synchrony_contrast c ON c.unit_key = u.unit_key
)
SELECT activity_id FROM needed
UNION
SELECT w.activity_id
FROM comparison_waiver w
JOIN side a ON a.study = w.study_a AND a.cohort = w.cohort_a
JOIN side b ON b.study = w.study_b AND b.cohort = w.cohort_b
UNION
SELECT v.activity_id
FROM activity v
WHERE v.state = 'done' AND (
  v.kind IN ('edit', 'materialization')
  OR (v.dataset IN (SELECT dataset FROM place) AND (
    v.kind IN ('check', 'consent')
    OR (v.kind = 'import' AND EXISTS (
      SELECT 1 FROM generated g JOIN artifact a USING (artifact_id)
      WHERE g.activity_id = v.activity_id AND a.kind = 'table')))))
ORDER BY activity_id
