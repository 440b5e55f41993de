-- Results of a unit that is forgotten.
DELETE FROM sweep_layer WHERE unit_key = :unit
