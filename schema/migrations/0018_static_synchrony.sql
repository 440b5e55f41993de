-- Whom synchrony over a whole stimulus is of.

-- tier: computed. The subjects behind the static value of one region of one stimulus, its interval and its p.
CREATE TABLE static_synchrony (
  static_synchrony_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  stimulus TEXT NOT NULL, -- stimulus
  region TEXT NOT NULL, -- region or channel
  subject_count INTEGER NOT NULL -- subjects without a missing sample that vary
) STRICT;
CREATE INDEX static_synchrony_unit ON static_synchrony (unit_key, stimulus, region);
