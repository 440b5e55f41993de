-- Labels of frozen results with a name among their rows or parameters.
-- parameter quoted: text
-- parameter name: text
-- column label: text never NULL
SELECT DISTINCT m.label
FROM materialization m LEFT JOIN materialized_row r USING (materialization_id)
WHERE instr(r.cells, :quoted) OR instr(m.parameters, :quoted) OR instr(r.cells, '/' || :name)
ORDER BY m.label
