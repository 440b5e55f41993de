-- A source goes by another name.
-- parameter old: text
-- parameter new: text
UPDATE artifact SET name = :new WHERE kind = 'source' AND name = :old
