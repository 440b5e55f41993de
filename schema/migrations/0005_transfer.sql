-- tier: result. A model trained on one cohort and tested on another.
CREATE TABLE transfer (
  transfer_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- the training cohort's own fit, which carries the keys
  test_fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- the tested cohort's own fit
  r REAL, -- Fisher mean over folds of the tested cohort
  low REAL, -- interval
  high REAL, -- interval
  interval_kind TEXT NOT NULL, -- how
  tail TEXT NOT NULL, -- greater
  p REAL, -- corrected t over folds or stimuli, NULL below four
  generalises_to TEXT, -- what p and interval speak of, NULL without them
  reason TEXT, -- why there is no p
  folds_counted INTEGER NOT NULL, -- folds r is the mean of
  folds_total INTEGER NOT NULL, -- folds the tested cohort is cut into
  stimuli_counted INTEGER NOT NULL, -- stimuli that the counted folds test
  flags TEXT NOT NULL, -- space-separated
  valid INTEGER NOT NULL, -- 0: not to be reported
  CHECK (low IS NULL OR (low <= r AND r <= high))
) STRICT;
CREATE INDEX transfer_unit ON transfer (unit_key);
CREATE INDEX transfer_fit ON transfer (fit_key);
CREATE INDEX transfer_test_fit ON transfer (test_fit_key);
