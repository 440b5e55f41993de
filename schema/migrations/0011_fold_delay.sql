-- tier: result. The delay that the training rows of an outer fold choose, of a model of one delay.
CREATE TABLE fold_delay (
  fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- cell
  fold INTEGER NOT NULL, -- outer fold
  delay_s REAL NOT NULL, -- seconds by which the features come before the target
  PRIMARY KEY (fit_key, fold)
) STRICT, WITHOUT ROWID;
