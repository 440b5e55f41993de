-- Tables of scores of other programs, by the imports that brought them.
SELECT DISTINCT v.activity_key, x.name
FROM external_score x
JOIN activity v ON v.activity_id = x.activity_id
ORDER BY x.name
