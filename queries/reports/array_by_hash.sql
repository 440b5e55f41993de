SELECT a.*, CASE act.kind WHEN 'unit' THEN act.activity_key END AS unit_key
FROM array a
JOIN activity act USING (activity_id)
WHERE a.logical_sha256 = :sha256
ORDER BY a.name
LIMIT 1
