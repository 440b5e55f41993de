-- Fits of a unit that is forgotten, with their folds, scores and nulls.
DELETE FROM fit WHERE unit_key = :unit
