-- Null distributions follow the name of their draws' array.
-- parameter old: text
-- parameter new: text
UPDATE null_summary SET array = :new WHERE array = :old
