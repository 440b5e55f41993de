-- Imports that were made with what an import brought: recordings reduced by an atlas.
-- parameter import: integer
SELECT DISTINCT v.activity_id, v.verb, v.activity_key
FROM generated g
JOIN used s ON s.artifact_id = g.artifact_id
JOIN activity v ON v.activity_id = s.activity_id AND v.kind = 'import' AND v.state = 'done'
WHERE g.activity_id = :import AND v.activity_id <> :import
ORDER BY v.activity_id
