-- An array steps aside under another name.
-- parameter old: text
-- parameter new: text
UPDATE stored_array SET name = :new WHERE name = :old
