-- An atlas' regions with their labels in its image.
-- parameter name: text
SELECT a.name AS atlas, g.name AS region, g.code FROM atlas a JOIN region g USING (atlas_id)
WHERE a.name = :name
ORDER BY g.code, g.name
