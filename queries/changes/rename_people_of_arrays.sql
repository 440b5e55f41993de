-- Arrays of a subject or rater of a dataset are of one of another name.
-- parameter dataset: text
-- parameter old: text
-- parameter new: text
UPDATE stored_array
SET subject = CASE WHEN subject = :old THEN :new ELSE subject END, rater = CASE WHEN rater = :old THEN :new ELSE rater END
WHERE dataset = :dataset AND (subject = :old OR rater = :old)
