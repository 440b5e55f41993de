-- Mean and spread of the folds of each subject and element.
SELECT dataset, subject, element, count(*) AS n, avg(r) AS r, avg(r * r) - avg(r) * avg(r) AS variance
FROM fold_score_detail
GROUP BY dataset, subject, element
ORDER BY dataset, subject, element
