-- Numbers of a publication; all of them where no label is given.
-- parameter label: text or NULL
SELECT c.citation_id, n.label, n.text, n.value, n.query, n.sha256 AS number_sha256, c.format, f.label AS frozen, f.activity_id, f.sql, f.sha256, f.made_at
FROM paper_number n
JOIN citation c ON c.paper_number_id = n.paper_number_id
JOIN materialization f ON f.materialization_id = c.materialization_id
WHERE :label IS NULL OR n.label = :label
ORDER BY n.label
