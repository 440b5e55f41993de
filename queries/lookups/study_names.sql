-- Studies that have been planned.
SELECT DISTINCT s.name FROM study s JOIN run r USING (study_id) WHERE r.is_current = 1 ORDER BY s.name
