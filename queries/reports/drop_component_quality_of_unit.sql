-- Components a unit judged.
DELETE FROM component_quality WHERE unit_key = :unit
