-- Whether frozen results that were read through a view were read through this statement.
-- parameter view: text
-- parameter sql: text
UPDATE materialized_view SET is_changed = CASE WHEN sql = :sql THEN 0 ELSE 1 END WHERE object = :view
