-- When a catalog was made, by its first migration.
SELECT name, applied_at FROM migration ORDER BY name LIMIT 1
