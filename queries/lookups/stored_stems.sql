-- Separated sounds; an empty parameter is any.
-- parameter dataset: text
-- parameter stimulus: text
-- column dataset: text never NULL
-- column stimulus: text never NULL
-- column element: text never NULL
SELECT a.name, a.file, a.path, a.logical_sha256, a.dataset, a.stimulus, a.element, t.separation, t.sample_count, t.rate_hz
FROM stem t JOIN stored_array a ON a.name = t.array
WHERE (:dataset = '' OR t.dataset = :dataset) AND (:stimulus = '' OR t.stimulus = :stimulus)
ORDER BY a.name
