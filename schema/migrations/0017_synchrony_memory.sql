-- How slow the course of dynamic synchrony is.

-- tier: computed. The correlation of neighbouring windows of one region of one stimulus.
CREATE TABLE synchrony_memory (
  synchrony_memory_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  stimulus TEXT NOT NULL, -- stimulus
  region TEXT NOT NULL, -- region or channel
  lag_1 REAL -- of windows one step apart; NULL where they do not vary
) STRICT;
CREATE INDEX synchrony_memory_unit ON synchrony_memory (unit_key, stimulus, region);
