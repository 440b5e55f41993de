-- Divergences of units that no run asks for and nothing has computed.
DELETE FROM divergence
WHERE unit_key NOT IN (SELECT unit_key FROM run_unit) AND unit_key NOT IN (SELECT activity_key FROM activity)
