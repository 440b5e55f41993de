-- Imported leadfields with their sensors and regions in order.
-- column channels: text never NULL
-- column regions: text never NULL
SELECT f.name, f.format, f.direction_count, f.channel_count, f.source_count, f.atlas,
  (SELECT x.labels FROM array_axis x WHERE x.array_id = f.array_id AND x.name = 'channel') AS channels,
  (SELECT json_group_array(region) FROM (
    SELECT r.region FROM leadfield_region r WHERE r.leadfield_id = f.leadfield_id ORDER BY r.position)) AS regions
FROM leadfield f
ORDER BY f.name
