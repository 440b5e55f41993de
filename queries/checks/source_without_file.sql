-- level 3: every source has its bytes' hash on record
SELECT a.name AS object, 'no source_file row has its hash' AS problem
FROM artifact a
JOIN used s ON s.artifact_id = a.artifact_id
JOIN activity v ON v.activity_id = s.activity_id AND v.state = 'done'
WHERE a.kind = 'source' AND NOT EXISTS (SELECT 1 FROM source_file f WHERE f.sha256 = a.sha256)
