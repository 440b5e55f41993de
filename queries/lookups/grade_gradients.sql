-- Maps of a study along columns of an atlas, for comparison with a planted truth.
-- parameter study: text
-- parameter dataset: text
-- column cohort: text never NULL
-- column quantity: text never NULL
-- column atlas: text never NULL
-- column atlas_column: text never NULL
-- column target_kind: text never NULL
-- column target: text never NULL
-- column feature_set: text
-- column layer_key: text
-- column element: text
-- column r: real
-- column p: real
-- column valid: integer never NULL
-- column flags: text never NULL
SELECT cohort, map_a AS quantity, atlas, map_b AS atlas_column, target_kind, target, feature_set, layer_key, element, r,
  coalesce(p_max, p) AS p, valid, flags
FROM gradient_map
WHERE study = :study AND dataset = :dataset AND subject IS NULL AND rater IS NULL
ORDER BY map_a, target_kind, target, target_parameters, cohort, feature_set, layer_key, element, atlas, map_b, unit_key
