-- Separated sounds; a parameter that is NULL is any.
-- parameter dataset: text or NULL
-- parameter stimulus: text or NULL
-- column dataset: text never NULL
-- column stimulus: text never NULL
-- column element: text never NULL
SELECT a.name, a.file, a.path, a.logical_sha256, a.dataset, a.stimulus, a.element, t.separation, t.sample_count, t.rate_hz
FROM stem t JOIN stored_array a ON a.name = t.array
WHERE (:dataset IS NULL OR t.dataset = :dataset) AND (:stimulus IS NULL OR t.stimulus = :stimulus)
ORDER BY a.name
