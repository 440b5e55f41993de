-- A model's folder stands somewhere else.
-- parameter old: text
-- parameter new: text
UPDATE model SET folder = :new WHERE folder = :old
