-- tier: result. A family that a condition chose: the cells of a family need not be one of a study file.
CREATE TABLE declared_family (
  family_key TEXT PRIMARY KEY REFERENCES family ON DELETE CASCADE, -- the family, with its members and their corrected p
  condition TEXT NOT NULL, -- SQL over family_cell that chose the members
  sha256 TEXT NOT NULL -- of name, condition, corrections, quantity and members: what was declared
) STRICT;

-- tier: result. A score that belongs to a cluster: regions of its map that touch in the atlas and lie above the threshold.
CREATE TABLE family_cluster (
  family_key TEXT NOT NULL REFERENCES family ON DELETE CASCADE, -- the family, whose largest cluster of a draw is the null
  fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- cell
  quantity TEXT NOT NULL, -- r or unique_r2
  cluster INTEGER NOT NULL, -- number of the cluster in the family, 1 the one of the largest mass
  cell_count INTEGER NOT NULL, -- cells of the cluster
  mass REAL NOT NULL, -- sum over its cells of (score - null mean) / null standard deviation
  threshold REAL NOT NULL, -- that a cell's score exceeds in the same units
  p_cluster REAL NOT NULL, -- (k+1)/(draws+1), k draws whose largest mass reaches it
  PRIMARY KEY (family_key, fit_key, quantity)
) STRICT, WITHOUT ROWID;
CREATE INDEX family_cluster_fit ON family_cluster (fit_key);

-- tier: result. Whether models, parts of their depth, or the course over depth by model differ over subjects.
CREATE TABLE depth_effect (
  depth_effect_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- a fit of the target cell, which carries its keys
  effect TEXT NOT NULL, -- rel_depth_bin, model or rel_depth_bin:model
  level_count INTEGER NOT NULL, -- cells that are compared
  levels TEXT NOT NULL, -- JSON array of their names
  subject_count INTEGER NOT NULL, -- subjects with every part of every model
  stimuli_counted INTEGER NOT NULL, -- stimuli behind them
  ss_effect REAL, -- sum of squares of the effect, of Fisher z
  ss_error REAL, -- sum of squares of its error
  f REAL, -- statistic
  df1 REAL, -- degrees of freedom, uncorrected
  df2 REAL, -- degrees of freedom of the error, uncorrected
  epsilon_gg REAL, -- Greenhouse and Geisser
  epsilon_hf REAL, -- Huynh and Feldt, at most 1
  p_uncorrected REAL, -- of F
  p_gg REAL, -- with degrees of freedom times epsilon_gg
  p_hf REAL, -- with degrees of freedom times epsilon_hf
  null_kind TEXT, -- group_phase: draws common to all subjects and layers, NULL without draws
  null_draws INTEGER, -- draws
  p REAL, -- (k+1)/(draws+1), k draws whose F reaches f
  p_floor REAL, -- smallest reachable
  partial_eta2 REAL, -- ss_effect / (ss_effect + ss_error)
  generalises_to TEXT, -- what p speaks of, NULL without it
  reason TEXT, -- why there is no F, or no p by draws
  folds_counted INTEGER NOT NULL, -- smallest number of folds behind a subject's score
  folds_total INTEGER NOT NULL, -- folds the target is cut into
  flags TEXT NOT NULL, -- space-separated, of any subject
  valid INTEGER NOT NULL -- 0: not to be reported
) STRICT;
CREATE INDEX depth_effect_unit ON depth_effect (unit_key);
CREATE INDEX depth_effect_fit ON depth_effect (fit_key);

-- tier: result. A delay whose score belongs to a cluster: neighbours among the delays of a target that lie above the threshold.
CREATE TABLE lag_cluster (
  fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- fit of the target
  lag_s REAL NOT NULL, -- delay of the features in seconds
  cluster INTEGER NOT NULL, -- number of the cluster among the target's, 1 the one of the largest mass
  cell_count INTEGER NOT NULL, -- delays of the cluster
  mass REAL NOT NULL, -- sum over them of (score - null mean) / null standard deviation
  threshold REAL NOT NULL, -- that a delay's score exceeds in the same units
  p_cluster REAL NOT NULL, -- (k+1)/(draws+1), k draws whose largest mass reaches it
  PRIMARY KEY (fit_key, lag_s)
) STRICT, WITHOUT ROWID;
