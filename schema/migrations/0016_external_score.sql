-- Encoding scores that other programs computed.

-- tier: imported. A score of another program, as its table says it; beside the program's own rows in encoding_score, and in nothing that is made of those.
CREATE TABLE external_score (
  external_score_id INTEGER PRIMARY KEY, -- key
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- the import
  name TEXT NOT NULL, -- name of the table
  software TEXT NOT NULL, -- program that computed it
  study TEXT NOT NULL, -- study as the table says, else the table's name
  dataset TEXT NOT NULL, -- dataset
  cohort TEXT NOT NULL, -- cohort as the table says, else the dataset
  subject TEXT, -- subject, NULL for a group result
  session TEXT, -- session
  rater TEXT, -- rater
  feature_set TEXT NOT NULL, -- descriptor set, space or model
  model TEXT, -- model
  layer_key TEXT, -- layer
  depth INTEGER, -- rank along the network
  rel_depth REAL, -- depth / largest depth
  element TEXT, -- original, voice or soundtrack; NULL: the table does not say
  covariate_mode TEXT, -- none, audio_only, visual_only, joint, zeroed_shared, zeroed_banded; NULL: the table does not say
  target_kind TEXT NOT NULL, -- annotation, synchrony or response
  target TEXT NOT NULL, -- annotation, signal or response name
  target_parameters TEXT, -- JSON object
  region TEXT, -- region or channel
  hemisphere TEXT, -- left or right
  region_group TEXT, -- of the region
  delays_s TEXT, -- JSON array of seconds
  stimulus_count INTEGER NOT NULL, -- stimuli
  subject_count INTEGER, -- subjects
  dropped_count INTEGER, -- rows left out
  sample_count INTEGER, -- rows
  effective_n REAL, -- rows corrected for autocorrelation
  r REAL NOT NULL, -- correlation of prediction and target, -1 to 1
  low REAL, -- lower end of its interval
  high REAL, -- upper end of its interval
  interval_kind TEXT, -- unit and method of the interval
  tail TEXT, -- greater or two-sided
  generalises_to TEXT, -- what the interval speaks of
  r2 REAL, -- share of variance
  r_pooled REAL, -- of concatenated predictions
  lambda_median REAL, -- penalty
  lambda_at_edge INTEGER, -- folds whose penalty stands at the end of the grid
  noise_ceiling REAL, -- of the target
  r_normalised REAL, -- r / noise ceiling
  r2_normalised REAL, -- r2 / squared noise ceiling
  null_kind TEXT, -- how its null was made
  null_draws INTEGER, -- draws
  null_mean REAL, -- mean of the draws
  null_p95 REAL, -- 95th percentile of the draws
  p_external REAL, -- p as the table has it: its tail, floor and family are the other program's
  folds_counted INTEGER, -- folds the score is the mean of
  folds_total INTEGER, -- folds
  stimuli_counted INTEGER, -- stimuli that these folds test
  CHECK (low IS NULL OR (low <= r AND r <= high))
) STRICT;
CREATE INDEX external_score_activity ON external_score (activity_id);
CREATE INDEX external_score_name ON external_score (name);
