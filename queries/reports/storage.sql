-- Arrays by kind: how many, how large.
SELECT kind, count(*) AS arrays, count(DISTINCT file) AS files, sum(bytes) AS bytes
FROM array
GROUP BY kind
ORDER BY sum(bytes) DESC
