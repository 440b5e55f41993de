-- tier: result. What a factor of a controlled design, one of its levels, two factors together or all factors of a role
-- explain of the features of its stimuli.
CREATE TABLE factor_share (
  factor_share_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  dataset TEXT NOT NULL, -- dataset
  cohort TEXT NOT NULL, -- cohort
  feature_set TEXT NOT NULL, -- descriptor set, imported space or model
  model TEXT, -- model, NULL where there is none
  layer_key TEXT, -- layer of the model, NULL where there is none
  depth INTEGER, -- rank along the network
  rel_depth REAL, -- depth over the largest depth
  element TEXT NOT NULL, -- original, voice or soundtrack
  role TEXT CHECK (role IN ('semantic', 'acoustic')), -- what the factor changes, NULL for two factors together
  factor TEXT, -- factor, NULL for all factors of the role; of two factors together their names with a colon between
  level TEXT, -- level against the mean of all levels, NULL for the whole factor
  partial_eta2 REAL, -- sum of squares of the effect over that of effect and error, over all columns; NULL where no column varies
  eta2 REAL, -- sum of squares of the effect over that of all
  r REAL, -- rank correlation of distances with unequal labels, NULL for two factors together
  r_p REAL, -- one-sided p of r by the same exchanges, NULL unless they are within cells
  df_effect INTEGER NOT NULL, -- degrees of freedom of the effect
  df_error INTEGER NOT NULL, -- rows less coefficients
  row_count INTEGER NOT NULL, -- rows of the design: stimuli and variants
  column_count INTEGER NOT NULL, -- columns of the features that vary
  null_kind TEXT CHECK (null_kind IN ('within_cells', 'residuals')), -- how rows are exchanged, NULL without draws
  null_draws INTEGER, -- draws
  null_mean REAL, -- mean of the draws
  null_p95 REAL, -- 95th percentile of the draws
  p REAL, -- (k+1)/(draws+1), one-sided
  p_floor REAL, -- smallest these draws can give
  q_bh REAL, -- Benjamini-Hochberg over the family
  p_max REAL, -- studentised maximum over the family
  family TEXT NOT NULL, -- cells corrected together
  stimuli_counted INTEGER NOT NULL, -- stimuli behind the row, variants not counted
  flags TEXT NOT NULL, -- space-separated
  valid INTEGER NOT NULL -- 0: not to be reported
) STRICT;
CREATE INDEX factor_share_unit ON factor_share (unit_key);
