-- Resolution of regions a unit made.
DELETE FROM region_resolution WHERE unit_key = :unit
