-- Over what scores of a run were corrected together, and how; a family holds what differs in these dimensions only.
-- parameter run: text
-- column dimensions: text never NULL
-- column quantity: text never NULL
-- column member_count: integer never NULL
-- column family_count: integer never NULL
-- column has_max: integer never NULL
-- column has_q: integer never NULL
SELECT substr(c.family, 1, instr(c.family || ' | ', ' | ') - 1) AS dimensions, c.quantity, count(*) AS member_count,
  count(DISTINCT c.family) AS family_count, max(c.p_max IS NOT NULL) AS has_max, max(c.q_bh IS NOT NULL) AS has_q
FROM correction c
WHERE c.run_id = :run AND c.family IS NOT NULL
GROUP BY dimensions, c.quantity
ORDER BY dimensions, c.quantity
