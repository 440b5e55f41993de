-- The arrays that an import brought, in the order in which they were stored.
-- parameter import: integer
SELECT name, file, path, logical_sha256, axes_sha256, file_sha256, file_stamp
FROM stored_array WHERE activity_id = :import ORDER BY array_id
