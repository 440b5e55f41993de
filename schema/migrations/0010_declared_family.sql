-- tier: result. A family that a condition chose: the cells of a family need not be one of a study file.
CREATE TABLE declared_family (
  family_key TEXT PRIMARY KEY REFERENCES family ON DELETE CASCADE, -- the family, with its members and their corrected p
  condition TEXT NOT NULL, -- SQL over family_cell that chose the members
  sha256 TEXT NOT NULL -- of name, condition, corrections, quantity and members: what was declared
) STRICT;
