-- Results of a unit that is forgotten.
DELETE FROM lag_score WHERE unit_key = :unit
