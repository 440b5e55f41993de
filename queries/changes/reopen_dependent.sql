-- A unit that was computed from one whose result was replaced is to be computed again; the hash of its result stays, to be compared.
-- parameter unit: text
UPDATE unit SET state = 'planned', reason = 'a unit it needs came out otherwise when its damaged arrays were made again', message = ''
WHERE unit_key = :unit
