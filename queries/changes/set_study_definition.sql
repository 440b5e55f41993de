-- A study says otherwise what it is of.
-- parameter sha256: text
-- parameter definition: text
UPDATE study SET definition = :definition WHERE sha256 = :sha256
