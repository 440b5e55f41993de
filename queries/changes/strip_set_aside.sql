-- Files that were set aside name no such folder.
-- parameter folder: text
UPDATE set_aside
SET path = replace(path, :folder, ''), object = replace(object, :folder, ''), reason = replace(reason, :folder, ''),
  remedy = replace(remedy, :folder, '')
WHERE instr(path || object || reason || remedy, :folder) > 0
