-- tier: result. A score over the cohorts of a study, taken as drawn from cohorts like them.
CREATE TABLE pooled_score (
  pooled_score_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- a fit of the first cohort, which carries the other keys
  quantity TEXT NOT NULL, -- which score: r
  cohorts TEXT NOT NULL, -- JSON array: the cohorts with an effect, DATASET/COHORT
  k INTEGER NOT NULL, -- how many
  cohort_count INTEGER NOT NULL, -- cohorts that were fitted
  subject_count INTEGER, -- subjects whose scores are the effects, NULL where each cohort has one target
  estimate REAL, -- Fisher mean over cohorts
  low REAL, -- interval
  high REAL, -- interval
  prediction_low REAL, -- interval of another cohort like these
  prediction_high REAL, -- interval of another cohort like these
  tau2 REAL, -- variance between cohorts, of Fisher z
  i2 REAL, -- share of the spread of effects that is between cohorts
  i2_low REAL, -- interval
  i2_high REAL, -- interval
  method TEXT NOT NULL, -- reml_hartung_knapp, one_stage_hartung_knapp, reml_cr2, one_stage_cr2 or corrected_t
  clustered_by TEXT, -- shared_stimuli, fold or stimulus; NULL where cohorts share no stimulus
  df REAL, -- degrees of freedom of the t behind interval and p
  p REAL, -- two-sided
  q_bh REAL, -- over the cells of one kind of target
  family TEXT, -- cells corrected together
  exploratory INTEGER NOT NULL, -- 1: fewer than five cohorts
  generalises_to TEXT, -- what p and interval speak of, NULL without them
  reason TEXT, -- why there is no p, or which cohorts are left out
  folds_counted INTEGER NOT NULL, -- smallest number of folds behind a cohort's effect
  folds_total INTEGER NOT NULL, -- folds the targets are cut into
  stimuli_counted INTEGER NOT NULL, -- stimuli behind the effects
  flags TEXT NOT NULL, -- space-separated, of any fit
  valid INTEGER NOT NULL, -- 0: not to be reported
  CHECK (low IS NULL OR (low <= estimate AND estimate <= high)),
  CHECK (prediction_low IS NULL OR (prediction_low <= estimate AND estimate <= prediction_high))
) STRICT;
CREATE INDEX pooled_score_unit ON pooled_score (unit_key);
CREATE INDEX pooled_score_fit ON pooled_score (fit_key);
