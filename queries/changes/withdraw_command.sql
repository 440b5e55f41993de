-- The command of an import that names somebody who withdrew.
-- parameter activity: integer
DELETE FROM import_command WHERE activity_id = :activity
