-- All scores of one subject in one region.
SELECT *
FROM encoding_score
WHERE study = 'layers-bave' AND subject = 'sub-001' AND region = 'R23'
