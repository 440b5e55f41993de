-- A source file stands somewhere else.
-- parameter old: text
-- parameter new: text
UPDATE source_file SET path = :new WHERE path = :old
