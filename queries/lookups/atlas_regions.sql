-- Regions of every imported atlas.
SELECT a.name AS atlas, r.name AS region, r.hemisphere
FROM atlas a JOIN region r USING (atlas_id)
ORDER BY a.name, r.region_id
