-- A run whose results rest on a withdrawn subject.
-- parameter run: text
DELETE FROM run WHERE run_id = :run
