-- Everything that is hashed.
SELECT artifact_id, kind, name, sha256, bytes FROM artifact ORDER BY artifact_id
