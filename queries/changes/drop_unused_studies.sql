-- Studies without a run.
DELETE FROM study WHERE NOT EXISTS (SELECT 1 FROM run r WHERE r.study_id = study.study_id)
