-- Results of a unit that is forgotten.
DELETE FROM contrast WHERE unit_key = :unit
