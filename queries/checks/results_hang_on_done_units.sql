-- level 3: result rows belong to units that are done
SELECT 'fit ' || f.fit_key AS object, 'its unit is ' || u.state AS problem
FROM fit f JOIN unit u ON u.unit_key = f.unit_key WHERE u.state <> 'done'
UNION ALL
SELECT 'synchrony ' || y.dataset || '/' || y.stimulus || '/' || y.region, 'its unit is ' || u.state
FROM synchrony y JOIN unit u ON u.unit_key = y.unit_key WHERE u.state <> 'done'
