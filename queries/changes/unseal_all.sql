-- The rows of every activity are hashed anew.
UPDATE activity SET rows_sha256 = NULL
