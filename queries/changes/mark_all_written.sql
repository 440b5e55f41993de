-- Another program wrote to the catalog: every frozen result may be stale.
UPDATE materialized_table SET is_written = 1 WHERE is_written = 0
