-- What datasets, cohorts, feature sets, targets and regions are called.
-- column kind: text never NULL
-- column name: text never NULL
SELECT 'dataset' AS kind, name FROM dataset
UNION SELECT 'cohort', name FROM cohort
UNION SELECT 'feature set', name FROM feature_space
UNION SELECT 'feature set', name FROM model
UNION SELECT 'target', name FROM annotation_series
UNION SELECT 'target', name FROM recording
UNION SELECT 'region', name FROM region
