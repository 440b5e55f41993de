-- Environments in which nothing that is left was done.
DELETE FROM environment
WHERE NOT EXISTS (SELECT 1 FROM activity v WHERE v.environment_id = environment.environment_id)
  AND NOT EXISTS (SELECT 1 FROM attempt t WHERE t.environment_id = environment.environment_id)
  AND NOT EXISTS (SELECT 1 FROM execution x WHERE x.environment_id = environment.environment_id)
  AND NOT EXISTS (SELECT 1 FROM divergence d
    WHERE environment.environment_id IN (d.environment_first, d.environment_second))
