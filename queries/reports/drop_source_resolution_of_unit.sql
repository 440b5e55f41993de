-- Resolution of regions a unit made.
DELETE FROM source_resolution WHERE unit_key = :unit
