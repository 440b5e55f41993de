-- Results of a unit that is forgotten.
DELETE FROM synchrony_contrast WHERE unit_key = :unit
