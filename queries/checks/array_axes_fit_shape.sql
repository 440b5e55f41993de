-- level 1: the axes of an array have the lengths of its shape
SELECT r.name AS object, 'axes and shape differ' AS problem
FROM stored_array r
WHERE r.shape <> (
  SELECT json_group_array(x.length)
  FROM (SELECT length FROM array_axis WHERE array_id = r.array_id ORDER BY position) x)
