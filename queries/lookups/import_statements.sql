-- What an import said of the array of a name, and which import.
-- parameter name: text
SELECT a.activity_id, s.sha256
FROM stored_array a JOIN import_statement s ON s.array_id = a.array_id
WHERE a.name = :name
