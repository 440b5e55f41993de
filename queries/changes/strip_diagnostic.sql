-- Findings name no such folder.
-- parameter folder: text
UPDATE diagnostic
SET object = replace(object, :folder, ''), reason = replace(reason, :folder, ''), remedy = replace(remedy, :folder, '')
WHERE instr(object || reason || remedy, :folder) > 0
