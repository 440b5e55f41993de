-- In which families does each score stand, run by run?
-- assumption: of several families of a run the first by name counts in the views of scores
-- column run_id: first 12 hex digits of the SHA-256 of the expanded plan
-- column fit_key: identity of the fit
-- column quantity: r or unique_r2
-- column family: cells corrected together
-- column family_key: identity of the family
-- column q_bh: Benjamini-Hochberg over the family, NULL while a member is missing
-- column p_max: studentised maximum statistic over the family, NULL while a member is missing
-- column valid: 0: the score is not to be reported
-- column flags: space-separated warnings of the score
-- column unit_key: unit that corrected; evoke why tells what it descends from
SELECT x.run_id, m.fit_key, m.quantity, y.name AS family, y.family_key, m.q_bh, m.p_max, sc.valid, sc.flags, y.unit_key
FROM family_member m
JOIN family y ON y.family_key = m.family_key
JOIN run_unit x ON x.unit_key = y.unit_key
-- An outer join, which SQLite leaves out where none of its columns is asked for.
LEFT JOIN score sc ON sc.fit_key = m.fit_key AND sc.quantity = m.quantity
