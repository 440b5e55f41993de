-- Which null draws the scores of units were held against.
-- parameter units: text
SELECT DISTINCT n.quantity, n.null_kind, n.null_draws, n.p_floor, n.tail
FROM fit f
JOIN null_summary n ON n.fit_key = f.fit_key
WHERE f.unit_key IN (SELECT value FROM json_each(:units))
ORDER BY n.quantity, n.null_kind, n.null_draws
