-- The stored label image of an atlas; no row for an atlas without one.
-- parameter name: text
SELECT r.name, r.file, r.path, r.logical_sha256, r.axes_sha256, r.file_sha256, r.file_stamp, r.parameters
FROM atlas a JOIN stored_array r USING (array_id)
WHERE a.name = :name
