-- The command of an import that names somebody who withdrew.
-- parameter activity: integer
-- parameter name: text
DELETE FROM import_command WHERE activity_id = :activity AND (instr(words, :name) > 0 OR instr(folder, :name) > 0)
