-- Of each array that an import brought, the sources that it was read from.
SELECT r.name, s.sha256
FROM stored_array r
JOIN activity v ON v.activity_id = r.activity_id AND v.kind = 'import'
JOIN used u ON u.activity_id = r.activity_id
JOIN artifact s ON s.artifact_id = u.artifact_id AND s.kind = 'source'
ORDER BY r.name, s.sha256
