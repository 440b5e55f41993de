-- tier: operations. How many of an activity's rows in one table may be reported, and how the others are flagged: counted when the rows are hashed.
CREATE TABLE row_validity (
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- whose rows
  object TEXT NOT NULL, -- table, one that says of its rows whether they may be reported
  quantity TEXT NOT NULL, -- which score of the rows, empty in a table that names none
  valid INTEGER NOT NULL, -- 0: not to be reported
  flags TEXT NOT NULL, -- space-separated, as the rows have them
  row_count INTEGER NOT NULL, -- rows
  PRIMARY KEY (activity_id, object, quantity, valid, flags)
) STRICT, WITHOUT ROWID;
