-- How synchrony was measured by units.
-- parameter units: text
-- column stimulus_count: integer never NULL
-- column region_count: integer never NULL
-- column subject_count: integer never NULL
SELECT y.dataset, y.signal, y.band, y.method, y.window_s, y.step_s, y.anchor, max(y.subject_count) AS subject_count,
  count(DISTINCT y.stimulus) AS stimulus_count, count(DISTINCT y.region) AS region_count, y.null_kind, y.null_draws
FROM synchrony y
WHERE y.unit_key IN (SELECT value FROM json_each(:units))
GROUP BY y.dataset, y.signal, y.band, y.method, y.window_s, y.step_s, y.anchor, y.null_kind, y.null_draws
ORDER BY y.dataset, y.signal, y.band, y.method, y.window_s
