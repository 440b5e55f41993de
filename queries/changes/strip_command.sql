-- The commands of imports name no such folder.
-- parameter folder: text
UPDATE import_command SET folder = '.', words = replace(words, :folder, '')
