-- The rows of a frozen result, in their order.
-- parameter materialization: integer
SELECT cells
FROM materialized_row
WHERE materialization_id = :materialization
ORDER BY position
