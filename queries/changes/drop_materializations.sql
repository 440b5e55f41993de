-- Every frozen result.
DELETE FROM activity WHERE kind = 'materialization'
