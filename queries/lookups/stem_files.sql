-- Imported stems of a dataset.
-- parameter dataset: text
SELECT s.name AS stimulus, t.element, t.rate_hz, t.sample_count, t.silent_fraction, t.mean_square, f.path, f.sha256
FROM stem_file t JOIN stimulus s USING (stimulus_id) JOIN dataset d USING (dataset_id)
  JOIN source_file f ON f.source_file_id = t.source_file_id
WHERE d.name = :dataset
ORDER BY s.name, t.element
