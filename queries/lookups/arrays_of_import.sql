-- How many arrays of an import are left.
-- parameter import: integer
-- column count: integer never NULL
SELECT count(*) AS count FROM stored_array WHERE activity_id = :import
