-- What the annotations, feature spaces and recorded signals of a dataset are called.
-- parameter dataset: text
-- column kind: text never NULL
-- column name: text never NULL
SELECT 'annotation' AS kind, s.name AS name FROM annotation_series s JOIN dataset d USING (dataset_id) WHERE d.name = :dataset
UNION
SELECT 'feature', feature_set FROM stored_array
WHERE dataset = :dataset AND kind = 'feature' AND feature_set IS NOT NULL
UNION
SELECT 'recording', r.name FROM recording r JOIN dataset d USING (dataset_id) WHERE d.name = :dataset
ORDER BY kind, name
