-- How often does a study's own test reject where nothing, or a known score, is planted in its targets?
-- tier: result
-- assumption: the newest evoke calibrate of each study name is shown
-- assumption: targets are phase surrogates of the study's own with the course that its stimuli share; features, folds and nulls are the study's
-- assumption: of synchrony every subject has a surrogate of its own, and a planted r is common to all
-- column study: name of the study file
-- column dataset: dataset
-- column cohort: cohort; a dataset is a cohort of its own name
-- column subject: subject, NULL for a group target or several
-- column session: session, NULL for a group target
-- column rater: rater, NULL for a mean over raters or several
-- column feature_set: descriptor set, imported space or model, NULL for a family of several
-- column model: model, NULL where there is none
-- column layer_key: layer of the model, NULL where there is none
-- column depth: rank of the layer along the network
-- column rel_depth: depth / largest depth, 0 to 1
-- column element: original, voice or soundtrack
-- column covariate_mode: none, audio_only or zeroed_banded; of joint models the set
-- column target_kind: annotation, synchrony or response
-- column target: annotation, signal or response name, never the region
-- column target_parameters: JSON, as in the study file
-- column region: region or channel, NULL unless the target is regional
-- column hemisphere: left, right or NULL
-- column region_group: network, lobe or other group of the region
-- column scenario: planted_nothing or planted_r
-- column planted_r: expected score of the true model of the features, or correlation of two subjects; 0 for nothing
-- column runs: runs
-- column rejected: tests whose p is at most level, over runs and cells
-- column rate: mean over runs of the share of these tests: the false-positive rate, or the power
-- column se: standard error of rate, clustered by run where tests share features
-- column scope: cell, or family: all cells that are corrected together
-- column quantity: r or unique_r2; of synchrony static_isc or mean_isc
-- column level: a test rejects where p is at most this
-- column low: 95 % interval of rate (Wilson)
-- column high: 95 % interval of rate
-- column rejected_max: runs in which p_max rejects, in a family any cell; NULL where the study does not correct by it
-- column rate_max: share of these runs: in a family where nothing is planted the familywise error rate
-- column se_max: standard error of rate_max
-- column low_max: 95 % interval of rate_max
-- column high_max: 95 % interval of rate_max
-- column valid_share: share of tests whose row may be reported
-- column rejected_valid: tests that reject and whose row may be reported
-- column rate_valid: rate among tests whose row may be reported
-- column scored_share: share of tests that have a score
-- column mean_score: Fisher mean over runs for r, else mean
-- column course_share: share of the target's variance planted as a course of all stimuli, NULL with one stimulus
-- column null_kind: the study's null
-- column null_draws: draws of each run
-- column cell_count: cells the row is of
-- column family: cells corrected together
-- column selection: which of the study's fits are calibrated
-- column seed: of the study
-- column stimulus: stimulus of synchrony, NULL for fits
-- column unit_key: unit that computed the row; evoke why tells what it descends from
SELECT
  s.name AS study, k.dataset, k.cohort, k.subject, k.session, k.rater, k.feature_set, k.model, k.layer_key, k.depth,
  k.rel_depth, k.element, k.covariate_mode, k.target_kind, k.target, k.target_parameters, k.region, k.hemisphere,
  k.region_group, k.scenario, k.planted_r, k.runs, k.rejected, k.rate, k.se,
  k.scope, k.quantity, k.level, k.low, k.high, k.rejected_max, k.rate_max, k.se_max, k.low_max, k.high_max,
  k.valid_share, k.rejected_valid, k.rate_valid, k.scored_share, k.mean_score, k.course_share, k.null_kind,
  k.null_draws, k.cell_count, k.family, k.selection, k.seed, k.stimulus, k.unit_key
FROM calibration_rate k
JOIN run_unit ru ON ru.unit_key = k.unit_key
JOIN run r ON r.run_id = ru.run_id AND r.is_current = 1 AND r.purpose = 'calibration'
JOIN study s ON s.study_id = r.study_id
ORDER BY s.name, k.scope DESC, k.planted_r, k.calibration_rate_id
