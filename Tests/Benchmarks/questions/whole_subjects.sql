-- Mean and spread of each subject and element.
SELECT dataset, subject, element, count(*) AS n, avg(r) AS r, avg(r * r) - avg(r) * avg(r) AS variance
FROM layer_sweep
GROUP BY dataset, subject, element
ORDER BY dataset, subject, element
