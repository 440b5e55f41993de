-- That an import made an array that goes with its subject.
-- parameter artifact: integer
DELETE FROM generated WHERE artifact_id = :artifact
