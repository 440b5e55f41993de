-- What holds over the cohorts of a study, and how much do they differ?
-- tier: result
-- assumption: the newest expansion of each study name is shown; a unit that two studies share gives a row for each
-- assumption: effects of cohorts are normal about a common mean; cohorts that share stimuli or people err alike and are clusters
-- assumption: within a dataset a name is a person; names in common across datasets are taken for different people (names_shared)
-- column study: name of the study file
-- column subject (text): NULL: a row holds all subjects
-- column session (text): NULL: a row holds all sessions
-- column rater (text): NULL: a row holds all raters
-- column feature_set: descriptor set, imported space or model
-- column model: model, NULL where there is none
-- column layer_key: layer of the model (conv.0 ... proj, hs.0 ... last), NULL where there is none
-- column depth: rank of the layer along the network
-- column rel_depth: depth / largest depth, 0 to 1
-- column element: original, voice or soundtrack
-- column covariate_mode: none, audio_only, visual_only, joint, zeroed_shared or zeroed_banded
-- column target_kind: annotation, synchrony or response
-- column target: annotation, signal or response name, never the region
-- column target_parameters: JSON, as in the study file
-- column region: region or channel, NULL unless the target is regional
-- column hemisphere: left, right or NULL
-- column region_group: network, lobe or other group of the region
-- column quantity: which score is pooled: r
-- column k: cohorts with an effect
-- column estimate: Fisher mean over cohorts
-- column low: lower end of its 95 % interval
-- column high: upper end of the 95 % interval
-- column prediction_low: lower end of the 95 % interval of another cohort like these; NULL below three cohorts, or where all share stimuli
-- column prediction_high: upper end
-- column tau2: variance between cohorts, of Fisher z (REML)
-- column i2: share of the spread of effects that is between cohorts, 0 to 1
-- column i2_low: lower end of its 95 % interval (Q profile); NULL where cohorts share stimuli or people
-- column i2_high: upper end
-- column method: reml_hartung_knapp (an effect a cohort), one_stage_hartung_knapp (of subjects' scores); reml_cr2, one_stage_cr2 (cluster-robust); corrected_t (all cohorts share stimuli: over folds or stimuli of their mean)
-- column clustered_by: shared_stimuli, shared_people or shared_stimuli_and_people; fold or stimulus where all share stimuli; NULL where cohorts share nothing
-- column p: two-sided, of the same t as the interval
-- column exploratory: 1: fewer than five cohorts, which say little of tau2
-- column tail (text): two-sided
-- column df: degrees of freedom of t
-- column q_bh: Benjamini-Hochberg over the family
-- column family: cells corrected together
-- column cohorts: JSON array of the cohorts, DATASET/COHORT
-- column cohort_count: cohorts that were fitted
-- column subject_count: subjects whose scores are the effects, each once, NULL where each cohort has one target
-- column generalises_to: what p and interval speak of, NULL without them
-- column reason: why there is no p, or which cohorts are left out
-- column valid: 0: not to be reported
-- column flags: space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column folds_counted: smallest number of folds behind a cohort's effect
-- column folds_total: outer folds the targets are cut into
-- column stimuli_counted: stimuli behind the effects
-- column origin (text): computed
-- column unit_key: unit that pooled them; evoke why tells what it descends from
SELECT
  u.study, NULL AS subject, NULL AS session, NULL AS rater, f.feature_set, f.model, f.layer_key, f.depth, f.rel_depth,
  f.element, f.covariate_mode, f.target_kind, f.target, f.target_parameters, f.region, f.hemisphere, f.region_group,
  m.quantity, m.k, m.estimate, m.low, m.high, m.prediction_low, m.prediction_high, m.tau2, m.i2, m.i2_low, m.i2_high,
  m.method, m.clustered_by, m.p, m.exploratory, 'two-sided' AS tail, m.df, m.q_bh, m.family, m.cohorts, m.cohort_count,
  m.subject_count, m.generalises_to, m.reason, m.valid, m.flags, m.folds_counted, m.folds_total, m.stimuli_counted,
  'computed' AS origin, m.unit_key
FROM current_unit u
JOIN pooled_score m ON m.unit_key = u.unit_key
JOIN fit f ON f.fit_key = m.fit_key
ORDER BY u.study, u.run_id, f.target_kind, f.target, f.target_parameters, f.element, f.feature_set, f.model, f.depth,
  f.layer_key, f.covariate_mode, f.region, m.quantity, m.pooled_score_id
