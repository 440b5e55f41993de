-- Results of a unit that is forgotten.
DELETE FROM group_test WHERE unit_key = :unit
