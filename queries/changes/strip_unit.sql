-- What units ended with names no such folder.
-- parameter folder: text
UPDATE unit SET message = replace(message, :folder, '') WHERE instr(message, :folder) > 0
