-- How a unit prepared a recording.
DELETE FROM recording_preparation WHERE unit_key = :unit
