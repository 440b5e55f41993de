-- What was said about the time of a subject's series.
-- parameter subject: text
-- parameter dataset: text
DELETE FROM clock_ledger WHERE subject = :subject AND dataset = :dataset
