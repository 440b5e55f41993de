-- Maps of synchrony along columns of an atlas, penalties of sets that are penalised apart, and what columns of fits say.

-- tier: result. The correlation over regions of a map of synchrony with a column of an atlas.
CREATE TABLE synchrony_gradient (
  synchrony_gradient_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  dataset TEXT NOT NULL, -- dataset
  cohort TEXT NOT NULL, -- cohort
  target TEXT NOT NULL, -- source, envelope, de, fd
  target_parameters TEXT NOT NULL, -- JSON, as in the study file
  quantity TEXT NOT NULL CHECK (quantity IN ('mean_isc')), -- what the map holds: the Fisher mean over windows and stimuli
  source_study TEXT NOT NULL, -- study whose synchrony the map is of
  atlas TEXT NOT NULL, -- atlas
  atlas_column TEXT NOT NULL, -- its column
  region_count INTEGER NOT NULL, -- regions where both have a value
  left_out_count INTEGER NOT NULL, -- regions of the map without a place in the atlas or a value of the column
  r REAL, -- Pearson correlation over the regions
  nulled TEXT CHECK (nulled IN ('map_a', 'map_b')), -- which map was turned: the one with the larger p; NULL without draws
  null_kind TEXT, -- spin: rotations of the sphere of regions, NULL without draws
  null_draws INTEGER, -- rotations
  null_mean REAL, -- Fisher mean of the draws
  null_low REAL, -- 2.5 % of the draws lie below
  null_high REAL, -- 2.5 % of the draws lie above
  p REAL, -- (k+1)/(draws+1), two-sided, the larger of both maps turned
  p_floor REAL, -- smallest reachable
  p_max REAL, -- studentised maximum over the maps of synchrony and columns of one dataset and cohort, at least p
  family_size INTEGER NOT NULL, -- correlations corrected together
  generalises_to TEXT, -- what p speaks of, NULL without it
  reason TEXT, -- why the row is not to be reported beside its flags, or why there is no p
  stimuli_counted INTEGER NOT NULL, -- smallest number of stimuli behind a value
  flags TEXT NOT NULL, -- space-separated
  valid INTEGER NOT NULL -- 0: not to be reported
) STRICT;
CREATE INDEX synchrony_gradient_unit ON synchrony_gradient (unit_key);

-- tier: result. The penalty of one set or covariate in an outer fold of a model that penalises them apart.
CREATE TABLE fold_penalty (
  fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- cell of the model of all of them
  fold INTEGER NOT NULL, -- outer fold
  band TEXT NOT NULL, -- set or covariate
  penalty REAL NOT NULL, -- on its squared weights, columns standardised over the training rows
  weight REAL, -- of its prediction in a stack, 0 to 1; NULL where they are fitted together
  PRIMARY KEY (fit_key, fold, band)
) STRICT, WITHOUT ROWID;

UPDATE schema_doc SET description = 'single (a column per delay), chosen (one of them in each fold) or, of versions before, raised_cosine'
WHERE object = 'fit' AND column_name = 'delay_shape';
UPDATE schema_doc SET description = 'JSON array of seconds: delays of the features, or those that one is chosen from'
WHERE object = 'fit' AND column_name = 'delays_s';
