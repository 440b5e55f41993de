-- How long a stimulus is; NULL while nothing says so.
-- parameter stimulus: integer
SELECT duration_s FROM stimulus WHERE stimulus_id = :stimulus
