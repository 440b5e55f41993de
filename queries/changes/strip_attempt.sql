-- What attempts ended with names no such folder.
-- parameter folder: text
UPDATE attempt SET message = replace(message, :folder, '') WHERE instr(message, :folder) > 0
