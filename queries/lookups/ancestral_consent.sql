-- The words of consent of everything that arrays and sources descend from, of the files that were read and of the datasets;
-- NULL where nothing was said.
-- column artifact_id: integer never NULL
-- column consent: text
WITH RECURSIVE
word(artifact_id, consent) AS (
  SELECT a.artifact_id, f.consent
  FROM artifact a JOIN source_file f ON f.sha256 = a.sha256
  WHERE a.kind = 'source' AND f.path NOT LIKE 'built-in:%'
  UNION
  SELECT r.artifact_id, d.consent FROM stored_array r JOIN dataset d ON d.name = r.dataset
  UNION
  SELECT g.artifact_id, w.consent
  FROM word w
  JOIN used s ON s.artifact_id = w.artifact_id
  JOIN generated g ON g.activity_id = s.activity_id
)
SELECT artifact_id, consent FROM word ORDER BY artifact_id, consent
