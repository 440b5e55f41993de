-- Results of a unit that is forgotten.
DELETE FROM synchrony WHERE unit_key = :unit
