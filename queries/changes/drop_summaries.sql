-- Nothing is summarised: what is stored may not be what the program made.
DELETE FROM summarised_run
