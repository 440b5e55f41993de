-- What a figure of lagged correlations shows of each row.
-- column study: text never NULL
-- column dataset: text never NULL
-- column cohort: text never NULL
-- column rating: text never NULL
-- column feature_set: text never NULL
-- column transform: text never NULL
-- column rating_transform: text never NULL
-- column element: text never NULL
-- column stimulus: text never NULL
-- column lag_s: real never NULL
-- column valid: integer never NULL
-- column flags: text never NULL
SELECT study, dataset, cohort, subject, rater, stimulus, rating, rating_transform, feature_set, layer_key, transform,
  element, lag_s, r, valid, flags
FROM emotion_lag
