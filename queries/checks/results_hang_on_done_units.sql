-- level 3: result rows belong to units that are done
SELECT u.step || ' ' || u.label AS object, 'its results are there and it is ' || u.state AS problem
FROM activity v JOIN unit u ON u.unit_key = v.activity_key
WHERE v.kind = 'unit' AND u.state <> 'done'
