-- How much of everything there is.
-- column what: text never NULL
-- column count: integer never NULL
SELECT 'datasets' AS what, count(*) AS count FROM dataset
UNION ALL SELECT 'subjects', count(*) FROM subject
UNION ALL SELECT 'stimuli', count(*) FROM stimulus
UNION ALL SELECT 'recordings', count(*) FROM recording
UNION ALL SELECT 'annotation series', count(*) FROM annotation_series
UNION ALL SELECT 'models', count(*) FROM model
UNION ALL SELECT 'imports', count(*) FROM activity WHERE kind = 'import' AND state = 'done'
UNION ALL SELECT 'studies', count(*) FROM run WHERE is_current = 1 AND purpose = 'results'
UNION ALL SELECT 'fits', count(*) FROM fit
UNION ALL SELECT 'external scores', count(*) FROM external_score
