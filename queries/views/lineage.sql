-- What does each hashed thing descend from, down to source bytes?
-- assumption: one row for each pair and role, at the smallest depth
-- column descendant: array, model, result or source
-- column descendant_kind: source, array, model, table or result
-- column ancestor: what it was made from
-- column ancestor_kind: source, array, model, table or result
-- column depth (integer): activities between the two, 1 for a direct input
-- column role: as what the ancestor was used
-- column ancestor_sha256: hash of the ancestor
WITH RECURSIVE
parent AS (
  SELECT DISTINCT g.artifact_id AS child, s.artifact_id AS parent, s.role
  FROM generated g
  JOIN used s ON s.activity_id = g.activity_id
  WHERE g.artifact_id <> s.artifact_id
),
ancestry(descendant, ancestor, role, depth) AS (
  SELECT child, parent, role, 1 FROM parent
  UNION
  SELECT a.descendant, p.parent, p.role, a.depth + 1
  FROM ancestry a
  JOIN parent p ON p.child = a.ancestor
  WHERE a.depth < 64
)
SELECT
  d.name AS descendant, d.kind AS descendant_kind, b.name AS ancestor, b.kind AS ancestor_kind,
  min(a.depth) AS depth, a.role, b.sha256 AS ancestor_sha256
FROM ancestry a
JOIN artifact d ON d.artifact_id = a.descendant
JOIN artifact b ON b.artifact_id = a.ancestor
GROUP BY d.artifact_id, b.artifact_id, a.role
ORDER BY descendant_kind, descendant, min(a.depth), ancestor_kind, ancestor, a.role, b.sha256, d.sha256
