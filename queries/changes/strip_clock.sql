-- What was said of clocks names no such folder.
-- parameter folder: text
UPDATE clock_ledger SET object = replace(object, :folder, '') WHERE instr(object, :folder) > 0
