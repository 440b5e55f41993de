-- Localised recordings of a unit.
DELETE FROM source_estimate WHERE unit_key = :unit
