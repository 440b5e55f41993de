-- Only these activities stay, with their rows.
-- parameter activities: text
DELETE FROM activity WHERE activity_id NOT IN (SELECT value FROM json_each(:activities))
