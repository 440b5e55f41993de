-- The command that an import was given by.
-- parameter activity: integer
SELECT folder, words FROM import_command WHERE activity_id = :activity
