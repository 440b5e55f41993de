-- The root over the results of a run, NULL while one is missing.
-- parameter root_sha256: text or NULL
-- parameter run: text
UPDATE run SET root_sha256 = :root_sha256 WHERE run_id = :run
