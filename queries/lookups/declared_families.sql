-- Declared families of the newest expansions, with their members, and how many of these no current study fits any more.
-- column members: text never NULL
-- column gone: integer never NULL
SELECT f.name, d.condition, f.quantity,
  (SELECT json_group_array(x.fit_key)
   FROM (SELECT m.fit_key FROM family_member m WHERE m.family_key = f.family_key ORDER BY m.fit_key) x) AS members,
  (SELECT count(*) FROM family_member m JOIN fit t ON t.fit_key = m.fit_key
   WHERE m.family_key = f.family_key AND t.unit_key NOT IN (SELECT unit_key FROM current_unit)) AS gone
FROM declared_family d
JOIN family f ON f.family_key = d.family_key
JOIN current_unit u ON u.unit_key = f.unit_key
ORDER BY f.name
