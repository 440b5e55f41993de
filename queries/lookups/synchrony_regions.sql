-- Static values and tests of the regions of one stimulus in one unit of synchrony.
-- parameter unit: text
-- parameter stimulus: text
SELECT y.region, y.static_isc, y.p_max, y.valid, y.flags
FROM synchrony y
WHERE y.unit_key = :unit AND y.stimulus = :stimulus
ORDER BY y.synchrony_id
