-- Stems a unit made.
DELETE FROM stem WHERE unit_key = :unit
