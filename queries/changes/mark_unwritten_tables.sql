-- A frozen result was found equal to what its query returns now.
-- parameter materialization: integer
UPDATE materialized_table SET is_written = 0 WHERE materialization_id = :materialization
