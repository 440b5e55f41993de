-- Declared families of the newest expansions, with the unit of each, and how many of its members no current study fits any more.
-- column gone: integer never NULL
SELECT f.name, d.condition, f.unit_key,
  (SELECT count(*) FROM family_member m JOIN fit t ON t.fit_key = m.fit_key
   WHERE m.family_key = f.family_key AND t.unit_key NOT IN (SELECT unit_key FROM current_unit)) AS gone
FROM declared_family d
JOIN family f ON f.family_key = d.family_key
JOIN current_unit u ON u.unit_key = f.unit_key
ORDER BY f.name
