-- Divergences of a unit that rests on a withdrawn subject.
-- parameter unit: text
DELETE FROM divergence WHERE unit_key = :unit
