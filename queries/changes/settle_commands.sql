-- Imports were given nowhere in particular.
UPDATE import_command SET folder = '.'
