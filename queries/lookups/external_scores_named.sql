-- The file that brought a table of scores, where one of that name is there.
-- parameter name: text
SELECT a.name AS path
FROM used s
JOIN artifact a ON a.artifact_id = s.artifact_id
WHERE s.activity_id = (SELECT min(activity_id) FROM external_score WHERE name = :name)
