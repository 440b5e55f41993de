-- Results of a unit that is forgotten.
DELETE FROM "check" WHERE unit_key = :unit
