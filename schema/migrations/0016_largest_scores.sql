-- The largest scores first, for questions that end after some of them.
CREATE INDEX score_largest ON score (value) WHERE quantity = 'r';

-- How many rows SQLite is to think this index has. By its own guess it would never begin with it; told this many, it does where a
-- question asks for scores in their order, and begins with the current runs everywhere else.
ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1 WHERE idx = 'score_largest';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('score', 'score_largest', '1200 2');
