-- What was made.
SELECT activity_id, artifact_id FROM generated ORDER BY activity_id, artifact_id
