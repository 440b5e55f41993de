-- The arrays of a leadfield by what they hold.
-- parameter name: text
-- column part: text never NULL
SELECT json_extract(a.parameters, '$.part') AS part, a.name, a.file, a.path, a.logical_sha256, a.axes_sha256, a.file_sha256, a.file_stamp
FROM stored_array a
WHERE a.kind = 'leadfield' AND json_extract(a.parameters, '$.leadfield') = :name
ORDER BY a.array_id
