-- A model's folder stands somewhere else.
UPDATE model SET folder = :new WHERE folder = :old
