-- What was left out of a subject.
-- parameter subject: text
-- parameter dataset: text
DELETE FROM exclusion WHERE subject = :subject AND dataset_id = (SELECT dataset_id FROM dataset WHERE name = :dataset)
