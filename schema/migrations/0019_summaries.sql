-- What scores come to over subjects and over layers, kept so that questions about the whole table need not read every score.
--
-- What is stored of a run holds as long as the run stands in summarised_run; the views score_over_subjects and score_over_layers
-- read the scores of any other. A change of a row that summaries are made of takes runs out in its own transaction: the program
-- those that are concerned, whoever else writes all of them, by the triggers below. When it ends to write, the program makes what
-- is lacking anew.

-- tier: operations. Runs whose summaries are those of their rows.
CREATE TABLE summarised_run (
  run_id TEXT PRIMARY KEY REFERENCES run ON DELETE CASCADE, -- run
  unit_count INTEGER NOT NULL -- units it consisted of
) STRICT, WITHOUT ROWID;

-- tier: operations. What the scores (r) of a cell come to over subjects, sessions and raters: the stored part of the view score_over_subjects.
CREATE TABLE over_subjects (
  run_id TEXT NOT NULL REFERENCES summarised_run ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, -- run
  fit_key TEXT NOT NULL, -- the first fit of the cell by key
  dataset TEXT NOT NULL, -- dataset
  cohort TEXT NOT NULL, -- cohort
  feature_set TEXT NOT NULL, -- set, space or model name
  model TEXT, -- model
  layer_key TEXT, -- layer
  depth INTEGER, -- rank along the network
  rel_depth REAL, -- depth / largest depth
  element TEXT NOT NULL, -- original, voice, soundtrack
  covariate_mode TEXT NOT NULL, -- none, audio_only, visual_only, joint, zeroed_shared, zeroed_banded
  target_kind TEXT NOT NULL, -- annotation, synchrony, response
  target TEXT NOT NULL, -- annotation, signal or response name
  target_parameters TEXT NOT NULL, -- JSON, as in the study file
  region TEXT, -- region or channel
  hemisphere TEXT, -- of the region
  region_group TEXT, -- of the region
  score_count INTEGER NOT NULL, -- scores
  r_count INTEGER NOT NULL, -- of them with an r
  r_sum REAL, -- sum of r
  r_square_sum REAL, -- sum of r * r
  r_max REAL, -- largest r
  p_count INTEGER NOT NULL, -- scores with a p
  p_at_most_05 INTEGER NOT NULL, -- scores with p of at most .05
  valid_count INTEGER NOT NULL, -- scores that may be reported
  valid_r_count INTEGER NOT NULL, -- of them with an r
  valid_r_sum REAL, -- sum of their r
  valid_r_square_sum REAL, -- sum of their r * r
  valid_r_max REAL, -- their largest r
  PRIMARY KEY (run_id, fit_key)
) STRICT, WITHOUT ROWID;

-- tier: operations. What the scores (r) of a sweep come to over its layers, and the best of them: the stored part of the view score_over_layers.
CREATE TABLE over_layers (
  run_id TEXT NOT NULL REFERENCES summarised_run ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, -- run
  fit_key TEXT NOT NULL, -- the best fit: of those that may be reported, else of all, the one of the largest r
  dataset TEXT NOT NULL, -- dataset
  cohort TEXT NOT NULL, -- cohort
  subject TEXT, -- subject, NULL for a group target
  session TEXT, -- session
  rater TEXT, -- rater
  feature_set TEXT NOT NULL, -- set, space or model name
  model TEXT, -- model
  element TEXT NOT NULL, -- original, voice, soundtrack
  covariate_mode TEXT NOT NULL, -- none, audio_only, visual_only, joint, zeroed_shared, zeroed_banded
  target_kind TEXT NOT NULL, -- annotation, synchrony, response
  target TEXT NOT NULL, -- annotation, signal or response name
  target_parameters TEXT NOT NULL, -- JSON, as in the study file
  region TEXT, -- region or channel
  score_count INTEGER NOT NULL, -- scores
  r_count INTEGER NOT NULL, -- of them with an r
  r_sum REAL, -- sum of r
  r_square_sum REAL, -- sum of r * r
  r_max REAL, -- largest r
  p_count INTEGER NOT NULL, -- scores with a p
  p_at_most_05 INTEGER NOT NULL, -- scores with p of at most .05
  valid_count INTEGER NOT NULL, -- scores that may be reported
  layer_key TEXT, -- layer of the best fit, NULL where there is none
  rel_depth REAL, -- its depth / largest depth
  r REAL, -- its r
  unit_key TEXT NOT NULL, -- unit that computed it
  PRIMARY KEY (run_id, fit_key)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER summarised_run_delete AFTER DELETE ON summarised_run BEGIN
  DELETE FROM over_subjects WHERE run_id = OLD.run_id;
  DELETE FROM over_layers WHERE run_id = OLD.run_id;
END;
CREATE TRIGGER run_unit_insert AFTER INSERT ON run_unit BEGIN DELETE FROM summarised_run; END;
CREATE TRIGGER run_unit_update AFTER UPDATE ON run_unit BEGIN DELETE FROM summarised_run; END;
CREATE TRIGGER run_unit_delete AFTER DELETE ON run_unit BEGIN DELETE FROM summarised_run; END;
CREATE TRIGGER fit_insert AFTER INSERT ON fit BEGIN DELETE FROM summarised_run; END;
CREATE TRIGGER fit_update AFTER UPDATE ON fit BEGIN DELETE FROM summarised_run; END;
CREATE TRIGGER fit_delete AFTER DELETE ON fit BEGIN DELETE FROM summarised_run; END;
CREATE TRIGGER score_insert AFTER INSERT ON score BEGIN DELETE FROM summarised_run; END;
CREATE TRIGGER score_update AFTER UPDATE ON score BEGIN DELETE FROM summarised_run; END;
CREATE TRIGGER score_delete AFTER DELETE ON score BEGIN DELETE FROM summarised_run; END;
CREATE TRIGGER null_summary_insert AFTER INSERT ON null_summary BEGIN DELETE FROM summarised_run; END;
CREATE TRIGGER null_summary_update AFTER UPDATE ON null_summary BEGIN DELETE FROM summarised_run; END;
CREATE TRIGGER null_summary_delete AFTER DELETE ON null_summary BEGIN DELETE FROM summarised_run; END;
