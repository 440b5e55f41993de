-- A run is the current one of its study's name and purpose.
-- parameter run: text
UPDATE run SET is_current = 1 WHERE run_id = :run
