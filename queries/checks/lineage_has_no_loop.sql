-- level 3: nothing descends from itself
WITH RECURSIVE
parent AS (
  SELECT g.artifact_id AS child, s.artifact_id AS parent
  FROM generated g JOIN used s ON s.activity_id = g.activity_id
),
ancestry(descendant, ancestor) AS (
  SELECT child, parent FROM parent
  UNION
  SELECT a.descendant, p.parent FROM ancestry a JOIN parent p ON p.child = a.ancestor
)
SELECT a.kind || ' ' || a.name AS object, 'it is among its own ancestors' AS problem
FROM ancestry y
JOIN artifact a ON a.artifact_id = y.descendant
WHERE y.descendant = y.ancestor
