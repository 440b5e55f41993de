-- Results of a unit that is forgotten.
DELETE FROM family WHERE unit_key = :unit
