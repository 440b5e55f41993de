-- A source file stands somewhere else.
-- parameter new: text
-- parameter old: text
UPDATE source_file SET path = :new WHERE path = :old
