-- The folds of one fit.
SELECT *
FROM fold_score_detail
WHERE dataset = 'bave' AND subject = 'sub-001' AND region = 'R23' AND layer_key = 'hs.11' AND element = 'voice'
