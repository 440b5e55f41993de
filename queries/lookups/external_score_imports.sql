-- Imports with scores of a person, a subject or rater of a dataset.
-- parameter name: text
-- parameter dataset: text
SELECT DISTINCT activity_id FROM external_score WHERE dataset = :dataset AND (subject = :name OR rater = :name)
