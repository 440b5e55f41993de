-- Agreement of two measures of the same seconds.

-- tier: result. The correlation of two measures of the same seconds in one region of one stimulus, or over stimuli.
CREATE TABLE consistency (
  consistency_key TEXT PRIMARY KEY, -- unit key, stimulus and region
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  dataset TEXT NOT NULL, -- dataset
  cohort TEXT NOT NULL, -- cohort
  stimulus TEXT, -- stimulus, NULL over stimuli
  run TEXT, -- acquisition run, NULL where the measures are of none
  kind_a TEXT NOT NULL, -- annotation or synchrony
  measure_a TEXT NOT NULL, -- annotation or signal
  parameters_a TEXT NOT NULL, -- JSON, as in the study file
  kind_b TEXT NOT NULL, -- annotation or synchrony
  measure_b TEXT NOT NULL, -- annotation or signal
  parameters_b TEXT NOT NULL, -- JSON, as in the study file
  region TEXT, -- region or channel
  r REAL, -- correlation of what is faster than 40 s
  low REAL, -- lower end of the 95 % interval
  high REAL, -- upper end
  interval_kind TEXT, -- null_sd: 1.96 standard deviations of the draws in Fisher z
  r_plain REAL, -- the same with slower courses
  n INTEGER NOT NULL, -- rows in which both are there
  null_kind TEXT, -- phase: phases of one measure are drawn, NULL without draws
  null_draws INTEGER, -- draws
  null_mean REAL, -- mean of the draws in Fisher z
  null_sd REAL, -- standard deviation of the same
  p REAL, -- (k+1)/(draws+1), two-sided
  p_floor REAL, -- smallest reachable
  p_max REAL, -- studentised maximum over the regions of the stimulus
  family_size INTEGER NOT NULL, -- regions corrected together, 0 without r
  stimuli_counted INTEGER NOT NULL, -- stimuli behind r
  generalises_to TEXT, -- what interval and p speak of
  reason TEXT, -- why there is no r, NULL where there is one
  flags TEXT NOT NULL, -- space-separated
  valid INTEGER NOT NULL, -- 0: not to be reported
  CHECK (low IS NULL OR (low <= r AND r <= high))
) STRICT;
CREATE INDEX consistency_unit ON consistency (unit_key);
