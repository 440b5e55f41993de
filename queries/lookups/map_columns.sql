-- Columns of imported atlases that hold numbers alone, but for places of regions.
-- column atlas: text never NULL
-- column atlas_column: text never NULL
SELECT a.name AS atlas, g.grouping AS atlas_column
FROM atlas a JOIN region r USING (atlas_id) JOIN region_group g USING (region_id)
WHERE g.grouping NOT IN ('x', 'y', 'z')
GROUP BY a.name, g.grouping HAVING max(g.name GLOB '*[A-DF-Za-df-z]*') = 0
ORDER BY a.name, g.grouping
