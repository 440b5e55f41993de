-- Names of everything but people.
-- column name: text never NULL
SELECT name FROM dataset
UNION SELECT name FROM cohort
UNION SELECT name FROM stimulus
UNION SELECT name FROM session
UNION SELECT name FROM acquisition_run
UNION SELECT name FROM annotation_series
UNION SELECT name FROM recording
UNION SELECT modality FROM recording
UNION SELECT label FROM recording_channel
UNION SELECT name FROM model
UNION SELECT layer_key FROM layer
UNION SELECT name FROM atlas
UNION SELECT name FROM region
UNION SELECT name FROM leadfield
UNION SELECT name FROM feature_space
UNION SELECT name FROM feature
UNION SELECT name FROM study
UNION SELECT kind FROM study
UNION SELECT step FROM unit
UNION SELECT kind FROM stored_array
UNION SELECT element FROM stored_array WHERE element IS NOT NULL
UNION SELECT feature_set FROM stored_array WHERE feature_set IS NOT NULL
UNION SELECT name FROM array_axis
ORDER BY name
