-- Everything that enters a unit's key.
SELECT unit_key, step, version, parameters, inputs, state, reason, label FROM unit ORDER BY unit_key
