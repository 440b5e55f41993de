-- How many arrays a file holds.
-- parameter file: text
-- column uses: integer never NULL
SELECT count(*) AS uses FROM stored_array WHERE file = :file
