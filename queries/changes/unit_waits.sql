-- Why a planned unit was not computed.
-- parameter reason: text
-- parameter unit: text
UPDATE unit SET reason = :reason WHERE unit_key = :unit AND state = 'planned'
