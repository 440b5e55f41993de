SELECT a.*, CASE act.kind WHEN 'unit' THEN act.activity_key END AS unit_key
FROM array a
JOIN activity act USING (activity_id)
WHERE a.name = :name AND a.logical_sha256 = :sha256
