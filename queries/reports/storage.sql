-- Arrays by kind: how many, how large.
-- column arrays: integer never NULL
-- column files: integer never NULL
-- column bytes: integer never NULL
SELECT kind, count(*) AS arrays, count(DISTINCT file) AS files, sum(bytes) AS bytes
FROM stored_array
GROUP BY kind
ORDER BY sum(bytes) DESC
