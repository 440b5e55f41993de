-- tier: result. The correlation over regions of a map that a study found with a column of an atlas.
CREATE TABLE gradient (
  gradient_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- a fit of the map, which carries the keys
  quantity TEXT NOT NULL CHECK (quantity IN ('r', 'peak_depth', 'voice_minus_soundtrack')), -- what the map holds: r of each region; relative depth of the layer with the largest r; Fisher z of voice less soundtrack
  source_study TEXT NOT NULL, -- study whose fits the map is of
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
  p_max REAL, -- studentised maximum over the maps and columns of one kind of target, dataset and cohort, at least p
  family_size INTEGER NOT NULL, -- correlations corrected together
  generalises_to TEXT, -- what p speaks of, NULL without it
  reason TEXT, -- why the row is not to be reported beside its flags, or why there is no p
  folds_counted INTEGER NOT NULL, -- smallest number of folds behind a value of the map
  folds_total INTEGER NOT NULL, -- folds the target is cut into
  stimuli_counted INTEGER NOT NULL, -- smallest number of stimuli behind a value
  flags TEXT NOT NULL, -- space-separated, of any fit of the map
  valid INTEGER NOT NULL -- 0: not to be reported
) STRICT;
CREATE INDEX gradient_unit ON gradient (unit_key);
CREATE INDEX gradient_fit ON gradient (fit_key);
