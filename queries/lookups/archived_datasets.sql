-- Datasets with their licences and consent.
SELECT name, licence, consent FROM dataset ORDER BY name
