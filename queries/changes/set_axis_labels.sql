-- What stands along an axis is called otherwise.
-- parameter array: integer
-- parameter position: integer
-- parameter labels: text
UPDATE array_axis SET labels = :labels WHERE array_id = :array AND position = :position
