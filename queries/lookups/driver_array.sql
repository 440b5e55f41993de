-- The feature array at one frame a second that can drive a comparison of clocks.
-- parameter dataset: text
-- parameter stimulus: text
-- parameter element: text
-- parameter name: text
-- parameter layer: text
SELECT name, file, path, logical_sha256, axes_sha256, file_sha256, file_stamp
FROM stored_array
WHERE kind = 'feature' AND dataset = :dataset AND stimulus = :stimulus AND coalesce(element, 'original') = :element
  AND feature_set = :name AND coalesce(layer_key, '') = :layer AND abs(rate_hz - 1) < 1e-9
ORDER BY length(name), name
LIMIT 1
