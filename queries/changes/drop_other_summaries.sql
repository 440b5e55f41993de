-- Runs are no longer summarised that consist of more or fewer units than then.
DELETE FROM summarised_run
WHERE unit_count <> (SELECT count(*) FROM run_unit n WHERE n.run_id = summarised_run.run_id)
