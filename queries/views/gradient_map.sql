-- Does what a study finds in each region change over the cortex as a column of an atlas does?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: regions of a hemisphere stand for its surface; they are turned together, the right one as the left one's mirror image
-- assumption: synchrony of a region is the Fisher mean over the windows of a stimulus and over stimuli; its rows name no features
-- assumption: maps that rise through a whole hemisphere are found too often; where the draws spread by more than .3 (root mean square of r) a row is not to be reported
-- column study (text): name of the study file
-- column map_a (text): r, peak_depth (relative depth of the layer with the largest r), voice_minus_soundtrack (Fisher z) or mean_isc (synchrony)
-- column map_b (text): column of the atlas
-- column atlas (text): atlas
-- column region_count (integer): regions where both have a value
-- column r (real): Pearson correlation over them
-- column nulled (text): map_a or map_b: which was turned, the one with the larger p; NULL without draws
-- column null_kind (text): spin: rotations of the sphere of regions; NULL without draws
-- column null_draws (integer): number of rotations
-- column p (real): two-sided, (k+1)/(draws+1), the larger of both maps turned
-- column p_floor (real): smallest p these draws can give
-- column valid (integer): 0: not to be reported
-- column flags (text): space-separated warnings of all fits of map_a and of the sounds behind them, or of its synchrony; evoke explain FLAG tells what each means and what helps
-- column folds_counted (integer): smallest number of outer folds behind a value of map_a, NULL of synchrony
-- column folds_total (integer): outer folds the target is cut into, NULL of synchrony
-- column stimuli_counted (integer): smallest number of stimuli behind a value of map_a
-- column origin (text): computed
-- column source_study (text): study whose fits or synchrony map_a is of
-- column dataset (text): dataset
-- column cohort (text): cohort; a dataset is a cohort of its own name
-- column subject (text): subject, NULL for a group result
-- column rater (text): rater, NULL where the target is not one rater's
-- column feature_set (text): descriptor set, imported space or model, NULL of synchrony
-- column model (text): model, NULL where there is none
-- column layer_key (text): layer, NULL where there is none, of peak_depth and of synchrony
-- column element (text): original, voice or soundtrack, NULL of voice_minus_soundtrack and of synchrony
-- column covariate_mode (text): as in encoding_score, NULL of synchrony
-- column target_kind (text): synchrony or response
-- column target (text): signal or response name
-- column target_parameters (text): JSON, as in the study file
-- column left_out_count (integer): regions of map_a without a place in the atlas or a value of the column
-- column tail (text): two-sided
-- column null_mean (real): Fisher mean of the draws; NULL where a rotation leaves too few regions
-- column null_low (real): 2.5 % of the draws lie below
-- column null_high (real): 2.5 % of the draws lie above
-- column p_max (real): studentised maximum over the maps and columns of one kind of target, dataset and cohort, those of synchrony apart, at least p; NULL where a rotation leaves no r
-- column family_size (integer): correlations corrected together
-- column generalises_to (text): what p speaks of, NULL without it
-- column reason (text): why the row is not to be reported beside its flags, or why there is no p
-- column unit_key (text): unit that computed the row; evoke why tells what it descends from
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
),
-- Of what units maps of synchrony were made, and what their rows say of regions that have a value, beside the map's own flags.
measured_flag AS (
  SELECT s.synchrony_gradient_id, min(y.valid) AS valid, (
    SELECT group_concat(word, ' ') FROM (
      SELECT DISTINCT w.value AS word
      FROM unit n
      JOIN json_each(n.inputs) j
      JOIN json_each(j.value) l ON l.key = 1
      JOIN synchrony z ON z.unit_key = l.value AND z.mean_isc IS NOT NULL AND z.flags <> ''
      JOIN json_each('["' || replace(z.flags, ' ', '","') || '"]') w
      WHERE n.unit_key = s.unit_key AND z.dataset = s.dataset AND z.cohort = s.cohort AND z.parameters = s.target_parameters
      UNION
      SELECT value FROM json_each('["' || replace(s.flags, ' ', '","') || '"]') WHERE s.flags <> ''
      ORDER BY word)) AS flags
  FROM synchrony_gradient s
  JOIN unit m ON m.unit_key = s.unit_key
  JOIN json_each(m.inputs) i
  JOIN json_each(i.value) k ON k.key = 1
  JOIN synchrony y ON y.unit_key = k.value AND y.dataset = s.dataset AND y.cohort = s.cohort
    AND y.parameters = s.target_parameters AND y.mean_isc IS NOT NULL
  GROUP BY s.synchrony_gradient_id
),
found AS (
  SELECT
    u.study, u.run_id, g.quantity AS map_a, g.atlas_column AS map_b, g.atlas, g.region_count, g.r, g.nulled, g.null_kind,
    g.null_draws, g.p, g.p_floor, g.valid, trim(g.flags || coalesce(' ' || mf.flags, '')) AS flags, g.folds_counted,
    g.folds_total, g.stimuli_counted, g.source_study, f.dataset, f.cohort, f.subject, f.rater, f.feature_set, f.model,
    CASE WHEN g.quantity <> 'peak_depth' THEN f.layer_key END AS layer_key,
    CASE WHEN g.quantity <> 'voice_minus_soundtrack' THEN f.element END AS element, f.element AS sorted_element,
    f.covariate_mode, f.target_kind, f.target, f.target_parameters, g.left_out_count, g.null_mean, g.null_low, g.null_high,
    g.p_max, g.family_size, g.generalises_to, g.reason, g.unit_key, f.depth, f.layer_key AS sorted_layer,
    g.gradient_id, NULL AS synchrony_gradient_id
  FROM current_unit u
  JOIN gradient g ON g.unit_key = u.unit_key
  JOIN fit f ON f.fit_key = g.fit_key
  LEFT JOIN map_flag mf ON mf.unit_key = g.unit_key AND mf.fit_key = g.fit_key AND mf.quantity = g.quantity
  UNION ALL
  SELECT
    u.study, u.run_id, s.quantity, s.atlas_column, s.atlas, s.region_count, s.r, s.nulled, s.null_kind,
    s.null_draws, s.p, s.p_floor, CASE WHEN mf.valid = 0 THEN 0 ELSE s.valid END, coalesce(mf.flags, s.flags), NULL,
    NULL, s.stimuli_counted, s.source_study, s.dataset, s.cohort, NULL, NULL, NULL, NULL,
    NULL,
    NULL, NULL,
    NULL, 'synchrony', s.target, s.target_parameters, s.left_out_count, s.null_mean, s.null_low, s.null_high,
    s.p_max, s.family_size, s.generalises_to, s.reason, s.unit_key, NULL, NULL, NULL,
    s.synchrony_gradient_id
  FROM current_unit u
  JOIN synchrony_gradient s ON s.unit_key = u.unit_key
  LEFT JOIN measured_flag mf ON mf.synchrony_gradient_id = s.synchrony_gradient_id
)
SELECT
  study, map_a, map_b, atlas, region_count, r, nulled, null_kind, null_draws, p, p_floor, valid, flags, folds_counted,
  folds_total, stimuli_counted, 'computed' AS origin, source_study, dataset, cohort, subject, rater, feature_set, model,
  layer_key, element, covariate_mode, target_kind, target, target_parameters, left_out_count, 'two-sided' AS tail,
  null_mean, null_low, null_high, p_max, family_size, generalises_to, reason, unit_key
FROM found
ORDER BY study, run_id, dataset, cohort, map_a, target_kind, target, target_parameters, subject, rater, sorted_element,
  feature_set, model, depth, sorted_layer, map_b, unit_key, synchrony_gradient_id, gradient_id
