-- The results of units as hashed things.
-- parameter keys: text
SELECT a.artifact_id, a.kind, a.name, a.sha256
FROM artifact a
WHERE a.kind = 'result' AND a.name IN (SELECT value FROM json_each(:keys))
ORDER BY a.name
