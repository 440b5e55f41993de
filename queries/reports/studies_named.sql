SELECT study_id FROM study WHERE name = :name ORDER BY study_id
