-- A model's folder stands somewhere else.
-- parameter new: text
-- parameter old: text
UPDATE model SET folder = :new WHERE folder = :old
