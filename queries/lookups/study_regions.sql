-- Regions of imported atlases with their groups.
SELECT r.name, r.hemisphere, g.grouping, g.name AS region_group
FROM region r LEFT JOIN region_group g USING (region_id)
ORDER BY r.name, g.grouping
