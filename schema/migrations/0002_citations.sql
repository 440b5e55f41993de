-- Numbers of a publication with the rows they were read from.

-- tier: result. How a number of a publication was read: with its row, frozen, whose first value it is.
CREATE TABLE citation (
  citation_id INTEGER PRIMARY KEY, -- key
  materialization_id INTEGER NOT NULL REFERENCES materialization ON DELETE CASCADE, -- the frozen row
  paper_number_id INTEGER NOT NULL REFERENCES paper_number ON DELETE CASCADE, -- the number
  format TEXT -- how it is printed, NULL for as it stands
) STRICT;
CREATE INDEX citation_materialization ON citation (materialization_id);
CREATE INDEX citation_number ON citation (paper_number_id);

-- tier: result. A unit behind a number of a publication.
CREATE TABLE cited_unit (
  citation_id INTEGER NOT NULL REFERENCES citation ON DELETE CASCADE, -- the number
  unit_key TEXT NOT NULL, -- unit
  result_sha256 TEXT NOT NULL, -- of its result when the number was read
  PRIMARY KEY (citation_id, unit_key)
) STRICT, WITHOUT ROWID;
