-- What was imported from which bytes, and what was found on the way?
-- assumption: imports that were refused changed nothing and are not here
-- column source: path as it was imported, NULL for a finding about several sources
-- column sha256 (text): of the source bytes
-- column verb: import command
-- column state (text): done, forgotten, or set aside: a file that was not read for its faults, beside others that were
-- column code: code of a finding, NULL where there was none
-- column object: what the finding is about
-- column reason: why
-- column remedy: what to do
-- column imported_at: UTC, ISO 8601
WITH
source AS (
  SELECT DISTINCT v.activity_id, a.name, a.sha256
  FROM activity v
  JOIN used s ON s.activity_id = v.activity_id
  JOIN artifact a ON a.artifact_id = s.artifact_id AND a.kind = 'source'
  WHERE v.kind = 'import'
),
finding AS (
  SELECT d.*, (SELECT CASE WHEN count(*) = 1 THEN min(name) END FROM source s WHERE s.activity_id =
  d.activity_id) AS only_source
  FROM diagnostic d
),
placed AS (
  SELECT f.*, coalesce(
    f.only_source,
    (SELECT max(s.name) FROM source s WHERE s.activity_id = f.activity_id AND (
      instr(f.object, s.name) > 0
      OR substr(s.name, -length(f.first_word) - 1) = '/' || f.first_word))) AS source
  FROM (SELECT *, substr(object, 1, instr(object || ' ', ' ') - 1) AS first_word FROM finding) f
)
SELECT source, sha256, verb, state, code, object, reason, remedy, imported_at
FROM (
  SELECT v.activity_id, p.diagnostic_id, s.name AS source, s.sha256, v.verb, v.state, p.code, p.object, p.reason,
    p.remedy, v.started_at AS imported_at
  FROM activity v
  JOIN source s ON s.activity_id = v.activity_id
  LEFT JOIN placed p ON p.activity_id = v.activity_id AND p.source = s.name
  UNION ALL
  SELECT v.activity_id, p.diagnostic_id, NULL, NULL, v.verb, v.state, p.code, p.object, p.reason, p.remedy,
    v.started_at
  FROM activity v
  JOIN placed p ON p.activity_id = v.activity_id
  WHERE v.kind = 'import' AND p.source IS NULL
  UNION ALL
  SELECT v.activity_id, f.set_aside_id, f.path, NULL, v.verb, 'set aside', f.code, f.object, f.reason, f.remedy,
    v.started_at
  FROM activity v
  JOIN set_aside f ON f.activity_id = v.activity_id
)
ORDER BY imported_at, activity_id, source IS NULL, source, diagnostic_id
