-- Units that made an array of a subject or rater, with those arrays.
-- parameter name: text
-- parameter dataset: text
-- column artifact_id: integer never NULL
-- column unit_key: text never NULL
-- column label: text never NULL
SELECT r.artifact_id, v.activity_key AS unit_key, coalesce(n.label, v.verb) AS label
FROM stored_array r
JOIN activity v ON v.activity_id = r.activity_id AND v.kind = 'unit'
LEFT JOIN unit n ON n.unit_key = v.activity_key
WHERE r.dataset = :dataset AND (r.subject = :name OR r.rater = :name)
ORDER BY r.array_id
