-- What was read, and as what.
SELECT activity_id, artifact_id, role FROM used ORDER BY activity_id, artifact_id, role
