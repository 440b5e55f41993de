-- Does what a study finds in each region change over the cortex as a column of an atlas does?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: regions of a hemisphere stand for its surface; they are turned together, the right one as the left one's mirror image
-- assumption: maps that rise through a whole hemisphere are found too often; where the draws spread by more than .3 (root mean square of r) a row is not to be reported
-- column study: name of the study file
-- column map_a: r, peak_depth (relative depth of the layer with the largest r) or voice_minus_soundtrack (Fisher z)
-- column map_b: column of the atlas
-- column atlas: atlas
-- column region_count: regions where both have a value
-- column r: Pearson correlation over them
-- column nulled: map_a or map_b: which was turned, the one with the larger p; NULL without draws
-- column null_kind: spin: rotations of the sphere of regions; NULL without draws
-- column null_draws: number of rotations
-- column p: two-sided, (k+1)/(draws+1), the larger of both maps turned
-- column p_floor: smallest p these draws can give
-- column valid: 0: not to be reported
-- column flags (text): space-separated warnings of all fits of map_a and of the sounds behind them; evoke explain FLAG tells what each means and what helps
-- column folds_counted: smallest number of outer folds behind a value of map_a
-- column folds_total: outer folds the target is cut into
-- column stimuli_counted: smallest number of stimuli behind a value of map_a
-- column origin (text): computed
-- column source_study: study whose fits map_a is of
-- column dataset: dataset
-- column cohort: cohort; a dataset is a cohort of its own name
-- column subject: subject, NULL for a group result
-- column rater: rater, NULL where the target is not one rater's
-- column feature_set: descriptor set, imported space or model
-- column model: model, NULL where there is none
-- column layer_key (text): layer, NULL where there is none and of peak_depth
-- column element (text): original, voice or soundtrack, NULL of voice_minus_soundtrack
-- column covariate_mode: as in encoding_score
-- column target_kind: synchrony or response
-- column target: signal or response name
-- column target_parameters: JSON, as in the study file
-- column left_out_count: regions of map_a without a place in the atlas or a value of the column
-- column tail (text): two-sided
-- column null_mean: Fisher mean of the draws; NULL where a rotation leaves too few regions
-- column null_low: 2.5 % of the draws lie below
-- column null_high: 2.5 % of the draws lie above
-- column p_max: studentised maximum over the maps and columns of one kind of target, dataset and cohort, at least p; NULL where a rotation leaves no r
-- column family_size: correlations corrected together
-- column generalises_to: what p speaks of, NULL without it
-- column reason: why the row is not to be reported beside its flags, or why there is no p
-- column unit_key: unit that computed the row; evoke why tells what it descends from
WITH
-- Of what units maps were made.
map_input AS MATERIALIZED (
  SELECT m.unit_key, k.value AS input
  FROM unit m
  JOIN json_each(m.inputs) i
  JOIN json_each(i.value) k ON k.key = 1
  WHERE m.unit_key IN (SELECT unit_key FROM gradient)
),
-- Their fits, each of all its regions, where something is against the sound.
remarkable_fit AS MATERIALIZED (
  SELECT DISTINCT n.unit_key, h.dataset, h.cohort, h.subject, h.rater, h.session, h.feature_set, h.model, h.layer_key, h.element,
    h.covariate_mode, h.target_kind, h.target, h.target_parameters, sf.flags
  FROM map_input n
  JOIN sound_flag sf ON sf.unit_key = n.input
  JOIN fit h ON h.unit_key = n.input
),
-- Flags of the sounds behind every fit that a map is made of: fits of its target and features, of the units it was made from.
map_flag AS (
  SELECT unit_key, fit_key, quantity, group_concat(word, ' ') AS flags
  FROM (
    SELECT DISTINCT p.unit_key, p.fit_key, p.quantity, w.value AS word
    FROM (
      SELECT DISTINCT g.unit_key, g.fit_key, g.quantity, h.flags
      FROM (SELECT DISTINCT unit_key, fit_key, quantity FROM gradient) g
      JOIN fit f ON f.fit_key = g.fit_key
      JOIN remarkable_fit h ON h.unit_key = g.unit_key AND h.dataset = f.dataset AND h.cohort = f.cohort
        AND h.subject IS f.subject AND h.rater IS f.rater AND h.feature_set = f.feature_set AND h.model IS f.model
        AND h.covariate_mode = f.covariate_mode AND h.target_kind = f.target_kind AND h.target = f.target
        AND h.target_parameters = f.target_parameters
        AND CASE g.quantity WHEN 'voice_minus_soundtrack' THEN h.element <> 'original' ELSE h.element = f.element END
        AND (g.quantity = 'peak_depth' OR h.layer_key IS f.layer_key AND h.session IS f.session)
    ) p
    JOIN json_each('["' || replace(p.flags, ' ', '","') || '"]') w
    ORDER BY p.unit_key, p.fit_key, p.quantity, word
  )
  GROUP BY unit_key, fit_key, quantity
)
SELECT
  u.study, g.quantity AS map_a, g.atlas_column AS map_b, g.atlas, g.region_count, g.r, g.nulled, g.null_kind, g.null_draws,
  g.p, g.p_floor, g.valid, trim(g.flags || coalesce(' ' || mf.flags, '')) AS flags, g.folds_counted, g.folds_total,
  g.stimuli_counted, 'computed' AS origin, g.source_study, f.dataset, f.cohort, f.subject, f.rater, f.feature_set, f.model,
  CASE WHEN g.quantity <> 'peak_depth' THEN f.layer_key END AS layer_key,
  CASE WHEN g.quantity <> 'voice_minus_soundtrack' THEN f.element END AS element, f.covariate_mode, f.target_kind, f.target,
  f.target_parameters, g.left_out_count, 'two-sided' AS tail, g.null_mean, g.null_low, g.null_high, g.p_max, g.family_size,
  g.generalises_to, g.reason, g.unit_key
FROM current_unit u
JOIN gradient g ON g.unit_key = u.unit_key
JOIN fit f ON f.fit_key = g.fit_key
LEFT JOIN map_flag mf ON mf.unit_key = g.unit_key AND mf.fit_key = g.fit_key AND mf.quantity = g.quantity
ORDER BY u.study, u.run_id, f.dataset, f.cohort, g.quantity, f.target_kind, f.target, f.target_parameters, f.subject, f.rater,
  f.element, f.feature_set, f.model, f.depth, f.layer_key, g.atlas_column, g.gradient_id
