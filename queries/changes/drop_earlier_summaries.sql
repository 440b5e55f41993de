-- Of earlier expansions of a study nothing is summarised.
DELETE FROM summarised_run WHERE run_id NOT IN (SELECT run_id FROM run WHERE is_current = 1 AND purpose = 'results')
