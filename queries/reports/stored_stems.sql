SELECT a.name, a.file, a.path, a.logical_sha256, a.dataset, a.stimulus, a.element, t.separation, t.sample_count, t.rate_hz
FROM stem t JOIN array a ON a.name = t.array
WHERE (:dataset = '' OR t.dataset = :dataset) AND (:stimulus = '' OR t.stimulus = :stimulus)
ORDER BY a.name
