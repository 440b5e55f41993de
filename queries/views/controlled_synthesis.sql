-- How much of the features of sounds made by a design does each of its factors explain: what is said, and how it sounds?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: features are averaged over the seconds of a stimulus, and each column is z-scored over the rows of the design
-- assumption: effects are what a factor explains beyond all others (type III); what is left over holds the interactions that the study does not ask for
-- column study: name of the study file
-- column dataset: dataset
-- column cohort: cohort; a dataset is a cohort of its own name
-- column subject (text): NULL: features are nobody's
-- column session (text): NULL: features are of no session
-- column rater (text): NULL: features are nobody's
-- column feature_set: descriptor set, imported space or model
-- column model: model, NULL where there is none
-- column layer_key: layer of the model, NULL where there is none
-- column depth: rank along the network, NULL for features without layers
-- column rel_depth: depth over the largest depth
-- column element: original, voice or soundtrack
-- column covariate_mode (text): NULL: nothing is fitted
-- column target_kind (text): NULL: nothing is predicted
-- column target (text): NULL: nothing is predicted
-- column target_parameters (text): NULL: nothing is predicted
-- column region (text): NULL: nothing is predicted
-- column hemisphere (text): NULL: nothing is predicted
-- column region_group (text): NULL: nothing is predicted
-- column factor: factor of the design, gain_db or tempo; A:B of two together; NULL for all factors of the role together
-- column level: level against the mean of all levels of a factor of three or more, NULL for the whole factor
-- column partial_eta2: share of effect and error that is the effect's, sums of squares added over the columns; chance is null_mean, not 0
-- column r: Spearman's correlation of the distances of every two rows with whether they differ in the label, NULL for two factors together
-- column p: of partial_eta2, (k+1)/(draws+1), one-sided, NULL without draws
-- column valid: 0: not to be reported
-- column flags: space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column folds_counted (integer): NULL: nothing is fitted
-- column folds_total (integer): NULL: nothing is fitted
-- column stimuli_counted: stimuli behind the row, each with all its variants
-- column origin (text): computed
-- column role: semantic or acoustic, as the study says of the factor; NULL for two factors together
-- column eta2: share of all variance; of a balanced design those of all effects and the error add up to 1
-- column r_p: of r, by the same exchanges; NULL where rows are not exchanged within cells, and for a level
-- column df_effect: degrees of freedom of the effect
-- column df_error: degrees of freedom of the error
-- column row_count: rows of the design: stimuli times variants
-- column column_count: columns of the features that vary
-- column tail (text): greater
-- column null_kind: within_cells: labels exchanged among rows that are alike in all other factors; residuals: what the other effects leave, exchanged among all rows (Freedman and Lane); NULL without draws
-- column null_draws: number of null draws
-- column null_mean: mean of the draws
-- column null_p95: 95th percentile of the draws
-- column p_floor: smallest p these draws can give; 1 where every order only renames levels, as with a level for each sound
-- column q_bh: Benjamini-Hochberg over the family
-- column p_max: studentised maximum statistic over the family
-- column family: cells corrected together: all features, layers and elements of one effect
-- column generalises_to (text): these stimuli: rows are exchanged, not drawn; NULL without draws
-- column unit_key: unit that computed the row; evoke why tells what it descends from
SELECT
  u.study, f.dataset, f.cohort, NULL AS subject, NULL AS session, NULL AS rater, f.feature_set, f.model, f.layer_key,
  f.depth, f.rel_depth, f.element, NULL AS covariate_mode, NULL AS target_kind, NULL AS target,
  NULL AS target_parameters, NULL AS region, NULL AS hemisphere, NULL AS region_group,
  f.factor, f.level, f.partial_eta2, f.r, f.p,
  f.valid, f.flags, NULL AS folds_counted, NULL AS folds_total, f.stimuli_counted, 'computed' AS origin,
  f.role, f.eta2, f.r_p, f.df_effect, f.df_error, f.row_count, f.column_count, 'greater' AS tail, f.null_kind,
  f.null_draws, f.null_mean, f.null_p95, f.p_floor, f.q_bh, f.p_max, f.family,
  CASE WHEN f.null_kind IS NOT NULL THEN 'these stimuli' END AS generalises_to, f.unit_key
FROM current_unit u
JOIN factor_share f ON f.unit_key = u.unit_key
ORDER BY u.study, u.run_id, f.dataset, f.cohort, f.feature_set, f.element, f.depth, f.layer_key, f.factor_share_id
