-- Confounds of a dataset's recordings: the recording's array, and the array of its confounds with the names of columns.
-- parameter dataset: text
-- column labels: text never NULL
SELECT r.name AS recording, a.name, a.file, a.path, a.logical_sha256, a.axes_sha256, a.file_sha256, a.file_stamp, a.parameters, x.labels
FROM confound_series f JOIN recording c USING (recording_id) JOIN dataset d USING (dataset_id)
  JOIN stored_array r ON r.array_id = c.array_id JOIN stored_array a ON a.array_id = f.array_id
  JOIN array_axis x ON x.array_id = a.array_id AND x.name = 'feature'
WHERE d.name = :dataset
ORDER BY r.name
