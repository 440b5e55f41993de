-- Rows of a run with a number, by whether they may be reported and what they are flagged with, as they were counted when they
-- were hashed: of scores those of a model's prediction, of synchrony those of a report of it, which is predicted elsewhere.
-- parameter run: text
-- column count: integer never NULL
SELECT k.valid, k.flags, sum(k.row_count) AS count
FROM run_unit ru
JOIN activity v ON v.activity_key = ru.unit_key
JOIN row_validity k ON k.activity_id = v.activity_id
WHERE ru.run_id = :run
  AND (k.object <> 'score' OR k.quantity IN ('r', 'unique_r2'))
  AND (k.object <> 'synchrony' OR EXISTS (
    SELECT 1 FROM run r JOIN study s ON s.study_id = r.study_id WHERE r.run_id = ru.run_id AND s.kind = 'isc_report'))
GROUP BY k.valid, k.flags
ORDER BY k.valid, k.flags
