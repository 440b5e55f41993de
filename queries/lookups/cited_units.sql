-- The units behind a number of a publication, then and now.
-- parameter citation: integer
SELECT c.unit_key, c.result_sha256, u.state, u.result_sha256 AS now_sha256
FROM cited_unit c
LEFT JOIN unit u ON u.unit_key = c.unit_key
WHERE c.citation_id = :citation
ORDER BY c.unit_key
