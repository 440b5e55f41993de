-- The members of the families that a unit derived, with their corrected p values.
-- parameter unit: text
SELECT m.fit_key, m.q_bh, m.p_max
FROM family f
JOIN family_member m ON m.family_key = f.family_key
WHERE f.unit_key = :unit
ORDER BY m.family_key, m.fit_key, m.quantity
