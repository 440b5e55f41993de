-- What does one subject score in one region and layer, over elements?
SELECT avg(r) AS r
FROM encoding_score
WHERE dataset = 'bave' AND subject = 'sub-001' AND region = 'R23' AND layer_key = 'hs.11'
