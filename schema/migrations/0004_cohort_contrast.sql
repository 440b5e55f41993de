-- tier: result. A cohort less another: a score of the same features on the same target in both.
CREATE TABLE cohort_contrast (
  cohort_contrast_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- a fit of the first cohort, which carries the keys
  fit_key_b TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- a fit of the second
  quantity TEXT NOT NULL CHECK (quantity IN ('r', 'r_normalised', 'depth_slope')), -- r; r over the largest the target allows; rise of Fisher z over relative depth
  r_a REAL, -- of the first cohort: Fisher mean, mean of r_normalised, or slope
  r_b REAL, -- of the second
  difference REAL, -- a minus b, in Fisher z for r
  low REAL, -- interval
  high REAL, -- interval
  interval_kind TEXT NOT NULL, -- test and unit it is of; none without one
  tail TEXT NOT NULL, -- two-sided
  unit TEXT NOT NULL, -- fold, stimulus or subject
  unit_count_a INTEGER NOT NULL, -- units of the first cohort
  unit_count_b INTEGER NOT NULL, -- units of the second
  paired INTEGER NOT NULL, -- 1: within folds or stimuli that both share
  test TEXT NOT NULL, -- paired_corrected_t, corrected_welch or welch
  df REAL, -- degrees of freedom
  p REAL, -- of the same t as the interval
  q_bh REAL, -- Benjamini-Hochberg over the family
  family TEXT, -- cells corrected together
  n_a INTEGER, -- subjects of the first cohort, NULL where nobody is counted
  n_b INTEGER, -- subjects of the second
  ceiling_a REAL, -- largest r that the first cohort's target allows (of subjects: the mean), NULL where it is measured once
  ceiling_b REAL, -- of the second
  comparable INTEGER NOT NULL, -- 0: the cohorts differ in what the quantity depends on, the reason says in what
  generalises_to TEXT, -- what p and interval speak of, NULL without them
  reason TEXT, -- why not comparable, or why there is no p
  folds_counted INTEGER NOT NULL, -- smallest number of folds behind a fit's score
  folds_total INTEGER NOT NULL, -- folds the targets are cut into
  stimuli_counted INTEGER NOT NULL, -- stimuli behind it
  flags TEXT NOT NULL, -- space-separated, of any fit
  valid INTEGER NOT NULL, -- 0: not to be reported
  CHECK (low IS NULL OR (low <= difference AND difference <= high))
) STRICT;
CREATE INDEX cohort_contrast_unit ON cohort_contrast (unit_key);
CREATE INDEX cohort_contrast_fit ON cohort_contrast (fit_key);
CREATE INDEX cohort_contrast_fit_b ON cohort_contrast (fit_key_b);

-- tier: operations. A comparison that is shown although its cohorts are not comparable, with the reason that was given.
CREATE TABLE comparison_waiver (
  comparison_waiver_id INTEGER PRIMARY KEY, -- key
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- what recorded it
  study_a TEXT NOT NULL, -- study of the first cohort
  study_b TEXT NOT NULL, -- study of the second
  cohort_a TEXT NOT NULL, -- first cohort
  cohort_b TEXT NOT NULL, -- second cohort
  reason TEXT NOT NULL, -- why they are compared all the same
  UNIQUE (study_a, study_b, cohort_a, cohort_b)
) STRICT;
CREATE INDEX comparison_waiver_activity ON comparison_waiver (activity_id);
