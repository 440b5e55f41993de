-- Scores that another program computed of a subject or rater of a dataset.
-- parameter name: text
-- parameter dataset: text
DELETE FROM external_score WHERE dataset = :dataset AND (subject = :name OR rater = :name)
