-- A unit says otherwise what it was computed of, and of whom.
-- parameter unit: text
-- parameter parameters: text
-- parameter label: text
UPDATE unit SET parameters = :parameters, label = :label WHERE unit_key = :unit
