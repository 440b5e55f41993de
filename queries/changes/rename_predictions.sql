-- Fits follow the name of their predictions' array.
-- parameter old: text
-- parameter new: text
UPDATE fit SET prediction_array = :new WHERE prediction_array = :old
