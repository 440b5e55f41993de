-- Imports that are not among these.
-- parameter activities: text
SELECT activity_id FROM activity
WHERE kind = 'import' AND activity_id NOT IN (SELECT value FROM json_each(:activities))
ORDER BY activity_id
