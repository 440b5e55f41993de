-- Runs are no longer summarised that ask for a unit with rows that are not hashed yet.
DELETE FROM summarised_run
WHERE run_id IN (
  SELECT n.run_id
  FROM activity v
  JOIN run_unit n ON n.unit_key = v.activity_key
  WHERE v.rows_sha256 IS NULL)
