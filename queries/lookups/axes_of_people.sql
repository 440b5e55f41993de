-- Axes along which people stand, of arrays of a dataset, with their labels.
-- column array_id: integer never NULL
-- column position: integer never NULL
-- column dataset: text never NULL
-- column labels: text never NULL
SELECT x.array_id, x.position, r.dataset, x.labels
FROM array_axis x JOIN stored_array r USING (array_id)
WHERE x.name = 'subject' AND x.labels IS NOT NULL AND r.dataset IS NOT NULL
ORDER BY 1, 2
