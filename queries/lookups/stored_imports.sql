-- Everything that enters an import's key.
-- column sources: text never NULL
SELECT v.activity_id, v.activity_key, v.verb, v.options, v.dataset, v.state, v.started_at,
  (SELECT json_group_array(x.sha256)
   FROM (SELECT a.sha256 FROM used s JOIN artifact a ON a.artifact_id = s.artifact_id
         WHERE s.activity_id = v.activity_id AND s.role = 'source' ORDER BY a.sha256) x) AS sources
FROM activity v
WHERE v.kind = 'import'
ORDER BY v.activity_id
