-- A source file stands somewhere else.
UPDATE source_file SET path = :new WHERE path = :old
