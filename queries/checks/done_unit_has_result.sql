-- level 3: a unit that is done has its activity, its result and its hash
SELECT u.step || ' ' || u.label AS object, 'done without activity or result' AS problem
FROM unit u
WHERE u.state = 'done' AND NOT EXISTS (
  SELECT 1 FROM activity v
  JOIN generated g ON g.activity_id = v.activity_id
  JOIN artifact a ON a.artifact_id = g.artifact_id
  WHERE v.activity_key = u.unit_key AND a.kind = 'result' AND a.sha256 = u.result_sha256)
