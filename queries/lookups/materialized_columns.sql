-- The columns of a frozen result, in their order.
-- parameter materialization: integer
SELECT name, type, description
FROM materialized_column
WHERE materialization_id = :materialization
ORDER BY position
