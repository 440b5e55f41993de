-- Regions of imported atlases with their groups; columns of numbers, which are maps rather than groups, come last.
SELECT r.name, r.hemisphere, g.grouping, g.name AS region_group
FROM region r LEFT JOIN region_group g USING (region_id)
ORDER BY r.name, g.name NOT GLOB '*[A-DF-Za-df-z]*', g.grouping
