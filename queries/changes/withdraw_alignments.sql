-- How a subject's series lie on their stimuli.
-- parameter subject: text
-- parameter dataset: text
DELETE FROM alignment WHERE subject = :subject AND dataset = :dataset
