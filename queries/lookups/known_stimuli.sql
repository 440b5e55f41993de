-- The stimuli of a dataset.
-- parameter dataset: text
-- column has_media: integer never NULL
SELECT s.name, s.duration_s, s.source_file_id IS NOT NULL AS has_media
FROM stimulus s JOIN dataset d USING (dataset_id)
WHERE d.name = :dataset
ORDER BY s.name
