-- The stimuli of a dataset with their media and streams.
-- parameter dataset: text
-- column has_picture: integer never NULL
SELECT s.name, s.duration_s, s.genre, s.language, s.culture, s.audio_start_offset_s,
  f.sha256 AS media_sha256, f.path AS media_path,
  e.sample_count, a.position AS audio_stream, a.rate_hz AS audio_rate_hz,
  EXISTS (SELECT 1 FROM stream v WHERE v.stimulus_id = s.stimulus_id AND v.kind = 'video' AND v.is_chosen) AS has_picture
FROM stimulus s JOIN dataset d USING (dataset_id)
  LEFT JOIN source_file f USING (source_file_id)
  LEFT JOIN element e ON e.stimulus_id = s.stimulus_id AND e.name = 'original'
  LEFT JOIN stream a ON a.stimulus_id = s.stimulus_id AND a.kind = 'audio' AND a.is_chosen
WHERE d.name = :dataset
ORDER BY s.name
