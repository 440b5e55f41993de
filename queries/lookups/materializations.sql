-- Frozen results; all of them where no label is given.
-- parameter label: text or NULL
SELECT materialization_id, activity_id, label, view, sql, parameters, row_count, sha256, made_at
FROM materialization
WHERE :label IS NULL OR label = :label
ORDER BY label
