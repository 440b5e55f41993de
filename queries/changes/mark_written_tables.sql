-- Frozen results that read one of the tables may be stale, but for one that this transaction has made.
-- parameter tables: text
-- parameter fresh: integer or NULL
UPDATE materialized_table SET is_written = 1
WHERE is_written = 0 AND object IN (SELECT value FROM json_each(:tables)) AND materialization_id IS NOT :fresh
