-- Drops numbers of a publication whose rows are gone.
DELETE FROM paper_number WHERE paper_number_id NOT IN (SELECT paper_number_id FROM citation)
