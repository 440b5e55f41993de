SELECT count(*) AS uses FROM array WHERE file = :file
