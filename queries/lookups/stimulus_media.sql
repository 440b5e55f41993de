-- The media file of a stimulus.
-- parameter dataset: text
-- parameter name: text
SELECT s.stimulus_id, s.activity_id, f.sha256, f.path
FROM stimulus s JOIN dataset d USING (dataset_id) LEFT JOIN source_file f USING (source_file_id)
WHERE d.name = :dataset AND s.name = :name
