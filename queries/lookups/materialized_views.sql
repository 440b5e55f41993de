-- The views that a frozen result was read through.
-- parameter materialization: integer
SELECT object, sql
FROM materialized_view
WHERE materialization_id = :materialization
ORDER BY object
