-- Channels a unit judged.
DELETE FROM channel_quality WHERE unit_key = :unit
