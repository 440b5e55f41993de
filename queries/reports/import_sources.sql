-- What an import read.
SELECT artifact_id, role FROM used WHERE activity_id = :import ORDER BY artifact_id, role
