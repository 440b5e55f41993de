-- level 1: an array and its artifact have one hash
SELECT r.name AS object, 'array and artifact differ in their hash' AS problem
FROM stored_array r
JOIN artifact a ON a.artifact_id = r.artifact_id
WHERE a.sha256 <> r.logical_sha256 OR a.kind <> 'array'
