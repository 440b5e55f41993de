SELECT atlas_id FROM atlas WHERE name = :name
