-- Runs are no longer summarised that have other units than then, or a unit with rows that are not hashed yet.
DELETE FROM summarised_run
WHERE unit_count <> (SELECT count(*) FROM run_unit n WHERE n.run_id = summarised_run.run_id)
  OR run_id IN (
    SELECT n.run_id
    FROM activity v
    JOIN run_unit n ON n.unit_key = v.activity_key
    WHERE v.rows_sha256 IS NULL)
