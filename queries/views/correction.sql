-- What is each quantity of a fit worth once its whole family is looked at?
-- assumption: the newest expansion of each study name is shown; a declared family is a run of its own
-- column run_id: first 12 hex digits of the SHA-256 of the expanded plan
-- column fit_key: identity of a fit
-- column quantity: score that was corrected
-- column family (text): cells corrected together
-- column q_bh: Benjamini-Hochberg over the family, NULL while a member is missing
-- column p_max: studentised maximum statistic over the family, NULL while a member is missing
-- column valid: 0: the score is not to be reported
-- column flags: space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column condition (text): SQL over family_cell that chose the family (evoke family define), NULL for a family of a study file
-- column condition_sha256 (text): of what was declared: name, condition, corrections, quantity and members
-- column cluster (integer): cluster of touching regions in the family that the score belongs to, 1 the one of the largest mass; NULL in none
-- column p_cluster (real): of the cluster's mass against the largest of each draw in the family; it speaks of the cluster, not of each region
-- column unit_key: unit that corrected; evoke why tells what it descends from
SELECT u.run_id, m.fit_key, m.quantity, f.name AS family, m.q_bh, m.p_max, sc.valid, sc.flags,
  d.condition, d.sha256 AS condition_sha256, k.cluster, k.p_cluster, f.unit_key
FROM current_unit u
JOIN family f ON f.unit_key = u.unit_key
JOIN family_member m ON m.family_key = f.family_key
JOIN score sc ON sc.fit_key = m.fit_key AND sc.quantity = m.quantity
LEFT JOIN declared_family d ON d.family_key = f.family_key
LEFT JOIN family_cluster k ON k.family_key = f.family_key AND k.fit_key = m.fit_key AND k.quantity = m.quantity
WHERE NOT EXISTS (
  SELECT 1
  FROM run_family o
  WHERE o.fit_key = m.fit_key AND o.quantity = m.quantity AND o.run_id = u.run_id
    AND (o.family < f.name OR (o.family = f.name AND o.family_key < f.family_key)))
ORDER BY u.run_id, m.fit_key, m.quantity
