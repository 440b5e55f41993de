-- An atlas' regions with their labels, and its label image; the image's columns are NULL without one.
-- parameter name: text
SELECT a.name AS atlas, g.name AS region, g.code, r.name, r.file, r.path, r.logical_sha256, r.parameters
FROM atlas a LEFT JOIN stored_array r USING (array_id) JOIN region g USING (atlas_id)
WHERE a.name = :name
ORDER BY g.code, g.name
