-- A unit that rests on a withdrawn subject and belongs to no run any more.
-- parameter unit: text
DELETE FROM unit WHERE unit_key = :unit AND NOT EXISTS (SELECT 1 FROM run_unit r WHERE r.unit_key = :unit)
