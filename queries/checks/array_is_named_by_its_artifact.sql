-- level 1: an array has the name it was made with, or that name with its maker after it
SELECT r.name AS object, 'it was made as ' || a.name AS problem
FROM stored_array r
JOIN artifact a ON a.artifact_id = r.artifact_id
JOIN activity v ON v.activity_id = r.activity_id
WHERE r.name <> a.name AND r.name <> a.name || '~' || substr(v.activity_key, 1, 12)
