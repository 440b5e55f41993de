-- What every activity made (is_made 1) and read.
-- column activity_id: integer never NULL
-- column is_made: integer never NULL
-- column kind: text never NULL
-- column name: text never NULL
-- column sha256: text never NULL
SELECT g.activity_id, 1 AS is_made, a.kind, a.name, a.sha256 FROM generated g JOIN artifact a USING (artifact_id)
UNION ALL
SELECT s.activity_id, 0, a.kind, a.name, a.sha256 FROM used s JOIN artifact a USING (artifact_id)
