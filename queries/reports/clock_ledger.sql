-- Who says what about time, and what of it counts.
-- column used: integer never NULL
SELECT source, statement, value, unit, CASE verdict WHEN 'used' THEN 1 ELSE 0 END AS used, overruled_by, finding,
  dataset, stimulus, subject, series, object
FROM clock_ledger
ORDER BY dataset, stimulus, subject, series, statement, source, object, clock_ledger_id
