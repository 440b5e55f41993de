-- The number that the next activity takes.
-- column next: integer never NULL
SELECT coalesce(max(activity_id), 0) + 1 AS next FROM activity
