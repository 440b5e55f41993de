-- How does one subject's score in one region run through the layers?
SELECT layer_key, depth, r, p_max, is_peak, valid
FROM layer_sweep
WHERE study = 'layers-bave' AND subject = 'sub-001' AND region = 'R23' AND element = 'voice'
ORDER BY depth
