SELECT coalesce(max(execution), 0) + 1 AS execution FROM execution WHERE run_id = :run
