-- How a unit fitted, and subjects behind its target.
-- parameter key: text
-- column subject_count: integer
SELECT n.step, n.version, n.parameters, (SELECT max(f.subject_count) FROM fit f WHERE f.unit_key = n.unit_key) AS subject_count
FROM unit n
WHERE n.unit_key = :key
