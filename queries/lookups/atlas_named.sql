-- The key of the atlas of a name.
-- parameter name: text
SELECT atlas_id FROM atlas WHERE name = :name
