-- Every region of an atlas with what its columns say.
-- parameter name: text
-- column region: text never NULL
SELECT r.name AS region, r.hemisphere, g.grouping AS atlas_column, g.name AS value
FROM atlas a JOIN region r USING (atlas_id) LEFT JOIN region_group g USING (region_id)
WHERE a.name = :name
ORDER BY r.region_id, g.grouping
