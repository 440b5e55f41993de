-- The newest runs of studies, from which questions about all scores begin: their units, and the fits and scores of each lie together.
CREATE INDEX run_current ON run (is_current, purpose);
