-- Texts that stand in the file of an array: where it lies there, and labels along its axes.
-- column array_id: integer never NULL
-- column text: text never NULL
SELECT array_id, path AS text FROM stored_array
UNION ALL
SELECT array_id, labels FROM array_axis WHERE labels IS NOT NULL
ORDER BY 1, 2
