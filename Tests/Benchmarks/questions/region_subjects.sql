-- What do all subjects score in one region and layer?
SELECT subject, r, p_max
FROM encoding_score
WHERE study = 'layers-liris' AND region = 'R23' AND layer_key = 'hs.11' AND element = 'voice'
