-- Tables and views whose rows speak of one fit each, and neither of whom it is nor of how many subjects.
-- column object: text never NULL
SELECT t.name AS object
FROM sqlite_schema t, pragma_table_info(t.name) c
WHERE t.type IN ('table', 'view')
GROUP BY t.name
HAVING sum(c.name = 'fit_key') = 1 AND sum(c.name IN ('subject', 'rater', 'subject_count', 'n_a')) = 0
ORDER BY object
