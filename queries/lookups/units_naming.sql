-- Units whose parameters or label name something, as a whole text of their JSON or of the label.
-- parameter quoted: text
-- parameter name: text
-- column unit_key: text never NULL
SELECT unit_key, parameters FROM unit
WHERE instr(parameters, :quoted) > 0
  OR instr(' ' || replace(replace(label, '/', ' '), ',', ' ') || ' ', ' ' || :name || ' ') > 0
ORDER BY unit_key
