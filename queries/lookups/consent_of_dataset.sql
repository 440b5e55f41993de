-- The declared consent of a dataset.
-- parameter name: text
SELECT dataset_id, consent FROM dataset WHERE name = :name
