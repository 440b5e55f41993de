-- A small catalog by hand: two studies that share a unit, a superseded run, one failed unit, one import with a warning.
INSERT INTO dataset (dataset_id, name) VALUES (1, 'held');
INSERT INTO cohort (cohort_id, name, dataset_id) VALUES (1, 'held', 1);
INSERT INTO environment VALUES (1, 'abcabcabcabc', 'Test CPU', 'Haswell', 1, '0.1.0', '{"hdf5":"1.10.8"}');
INSERT INTO environment VALUES (2, 'abcabcabcabc', 'Other CPU', 'SkylakeX', 2, '0.1.0', '{"hdf5":"1.10.8"}');
INSERT INTO activity (activity_id, kind, verb, activity_key, options, dataset, state, environment_id, started_at) VALUES
  (1, 'import', 'import audio', 'imp1', '{}', 'held', 'done', NULL, '2026-01-01T00:00:00Z'),
  (2, 'unit', 'features', 'u-feature', '{}', 'held', 'done', 1, '2026-01-01T00:01:00Z'),
  (3, 'unit', 'encoding', 'u-fit0', '{}', 'held', 'done', 1, '2026-01-01T00:02:00Z'),
  (4, 'import', 'import annotations', 'imp2', '{}', 'held', 'done', NULL, '2026-01-01T00:00:30Z'),
  (11, 'unit', 'step', 'u-fit1', '{}', 'held', 'done', NULL, '2026-01-01T00:02:00Z'),
  (12, 'unit', 'step', 'u-lld', '{}', 'held', 'done', NULL, '2026-01-01T00:02:00Z'),
  (13, 'unit', 'step', 'u-old', '{}', 'held', 'done', NULL, '2026-01-01T00:02:00Z'),
  (14, 'unit', 'step', 'u-compare', '{}', 'held', 'done', NULL, '2026-01-01T00:02:00Z'),
  (15, 'unit', 'step', 'u-control', '{}', 'held', 'done', NULL, '2026-01-01T00:02:00Z'),
  (16, 'unit', 'step', 'u-isc', '{}', 'held', 'done', NULL, '2026-01-01T00:02:00Z'),
  (18, 'unit', 'step', 'u-window', '{}', 'held', 'done', NULL, '2026-01-01T00:02:00Z'),
  (17, 'unit', 'step', 'u-rates', '{}', 'held', 'done', NULL, '2026-01-01T00:02:00Z');
INSERT INTO artifact VALUES
  (1, 'source', '/data/clip.wav', 'aa', 100), (2, 'array', 'held/clip/original/tiny/hs.0@1', 'bb', 240),
  (3, 'result', 'u-fit0', 'cc', NULL), (4, 'source', '/data/a.csv', 'dd', 10), (5, 'source', '/data/b.csv', 'ee', 10),
  (6, 'array', 'held/clip/annotation/arousal/r1', 'ff', 40);
INSERT INTO used VALUES (1, 1, 'source'), (2, 1, 'sound'), (3, 2, 'features-0'), (3, 6, 'target'),
  (4, 4, 'source'), (4, 5, 'source');
INSERT INTO generated VALUES (2, 2), (3, 3), (4, 6);
INSERT INTO source_file VALUES (1, 1, 'aa', '/data/clip.wav', 100, NULL, NULL);
INSERT INTO diagnostic VALUES
  (1, 1, 'warning', 'E-MED-001', 'clip.wav', 'short', 'none'),
  (2, 4, 'note', 'E-TAB-001', '/data/b.csv line 3', 'missing', 'none'),
  (3, 4, 'note', 'E-TAB-002', 'both files', 'scale observed', 'none');
INSERT INTO stored_array VALUES
  (1, 2, 2, 'held/clip/original/tiny/hs.0@1', 'feature', 'held', NULL, NULL, NULL, NULL, NULL, NULL, 'clip', 'original',
   'tiny', 'tiny', 'hs.0', '<f4', '[20,3]', 240, 1.0, '1', '{"model":"tiny"}', 'arrays/aa/bb.h5', 'hs.0/values', 'bb', 'ax', 'fi',
   '1 1 1 1');
INSERT INTO array_axis VALUES (1, 0, 'time', 20, 's', 0.0, 1.0, NULL), (1, 1, 'feature', 3, '1', 0.0, 1.0, NULL);
INSERT INTO alignment VALUES (1, 1, 'held', 'clip', 's1', 'bold', 1.0, 1.0, -4.0, 'option', 0.0, 'ok', NULL, NULL);

INSERT INTO study VALUES (1, 'sweep', 'layer_sweep', 's1', '{}'), (2, 'again', 'layer_sweep', 's2', '{}'),
  (3, 'control', 'covariate_control', 's3', '{}'), (4, 'sweep', 'layer_sweep', 's4', '{}'),
  (5, 'windows', 'temporal_resolution', 's5', '{}');
INSERT INTO run (run_id, study_id, plan_sha256, seed, generator, purpose, is_current, planned_at) VALUES ('run1', 1, 'p1', 1, 'philox4x32-10', 'results', 1, '2026-01-01T00:00:00Z'),
  ('run2', 2, 'p2', 1, 'philox4x32-10', 'results', 1, '2026-01-01T00:00:00Z'),
  ('run3', 3, 'p3', 1, 'philox4x32-10', 'results', 1, '2026-01-01T00:00:00Z'),
  ('run0', 4, 'p0', 1, 'philox4x32-10', 'results', 0, '2025-12-01T00:00:00Z'),
  ('run5', 5, 'p5', 1, 'philox4x32-10', 'results', 1, '2026-01-01T00:00:00Z'),
  ('run4', 1, 'p4', 1, 'philox4x32-10', 'calibration', 1, '2026-01-03T00:00:00Z');
INSERT INTO unit VALUES
  ('u-feature', 'features', 1, '{}', '[]', 'tiny of clip', 'done', '', '', 'x'),
  ('u-fit0', 'encoding', 1, '{}', '[]', 'hs.0 -> arousal', 'done', '', '', 'cc'),
  ('u-fit1', 'encoding', 1, '{}', '[]', 'hs.1 -> arousal', 'done', '', '', 'x'),
  ('u-lld', 'encoding', 1, '{}', '[]', 'lld12 -> arousal', 'done', '', '', 'x'),
  ('u-old', 'encoding', 1, '{}', '[]', 'superseded', 'done', '', '', 'x'),
  ('u-compare', 'comparison', 1, '{}', '[]', 'comparison', 'done', '', '', 'x'),
  ('u-control', 'covariate_control', 1, '{}', '[]', 'lld12 -> fear', 'done', '', '', 'x'),
  ('u-bad', 'encoding', 1, '{}', '[]', 'broken', 'failed', 'new', 'E-ENC-001 constant', NULL),
  ('u-isc', 'synchrony', 1, '{}', '[]', 'isc', 'done', '', '', 'x'),
  ('u-window', 'encoding', 1, '{}', '[]', 'lld12 -> synchrony', 'done', '', '', 'x'),
  ('u-rates', 'calibration', 1, '{}', '[]', 'calibration of sweep', 'done', '', '', 'x'),
  ('u-alone', 'features', 1, '{}', '[]', 'nobody asked', 'planned', 'new', '', NULL);
INSERT INTO run_unit VALUES ('run1', 0, 'u-feature'), ('run1', 1, 'u-fit0'), ('run1', 2, 'u-fit1'), ('run1', 3, 'u-lld'),
  ('run1', 4, 'u-compare'), ('run1', 5, 'u-bad'), ('run1', 6, 'u-isc'), ('run2', 0, 'u-fit0'), ('run3', 0, 'u-control'),
  ('run3', 1, 'u-isc'), ('run5', 0, 'u-isc'), ('run5', 1, 'u-window'), ('run0', 0, 'u-old'), ('run4', 0, 'u-isc'), ('run4', 1, 'u-rates');
INSERT INTO execution VALUES ('run1', 1, 1, 2, '2026-01-01T00:01:00Z'), ('run1', 2, 2, 1, '2026-01-02T00:00:00Z');
INSERT INTO attempt VALUES
  (1, 'u-bad', 'run1', 1, 1, '2026-01-01T00:03:00Z', 'failed', 'E-ENC-001', 'first', 1.0, 100, NULL),
  (2, 'u-bad', 'run1', 2, 1, '2026-01-02T00:03:00Z', 'failed', 'E-ENC-001', 'constant', 2.5, 200, NULL);
INSERT INTO divergence VALUES (1, 'u-feature', 'held/clip/original/tiny/hs.0@1', 'bb', 'b2', 0.5, 0.01, 1, 2);

INSERT INTO fit VALUES
  ('fit0', 'u-fit0', 'held', 'held', NULL, NULL, NULL, 'tiny', 'tiny', 'hs.0', 7, 0.5, 'original', 'none', 'annotation',
   'arousal', '{"annotation":"arousal"}', NULL, NULL, NULL, '[0,1]', 'single', 1, NULL, 0, 120, 33.5, 3, 1, NULL, NULL, NULL, NULL),
  ('fit1', 'u-fit1', 'held', 'held', NULL, NULL, NULL, 'tiny', 'tiny', 'hs.1', 8, 1.0, 'original', 'none', 'annotation',
   'arousal', '{"annotation":"arousal"}', NULL, NULL, NULL, '[0,1]', 'single', 1, NULL, 0, 120, 33.5, 3, 1, NULL, NULL, NULL, NULL),
  ('fitL', 'u-lld', 'held', 'held', NULL, NULL, NULL, 'lld12', NULL, NULL, NULL, NULL, 'original', 'none', 'annotation',
   'arousal', '{"annotation":"arousal"}', NULL, NULL, NULL, '[0,1]', 'single', 1, NULL, 0, 120, 33.5, 3, 1, NULL, NULL, NULL, NULL),
  ('fitO', 'u-old', 'held', 'held', NULL, NULL, NULL, 'lld12', NULL, NULL, NULL, NULL, 'original', 'none', 'annotation',
   'arousal', '{"annotation":"arousal"}', NULL, NULL, NULL, '[0,1]', 'single', 1, NULL, 0, 120, 33.5, 3, 1, NULL, NULL, NULL, NULL),
  ('c/a', 'u-control', 'held', 'held', 's1', NULL, NULL, 'lld12', NULL, NULL, NULL, NULL, 'original', 'audio_only',
   'response', 'bold', '{"response":"bold"}', 'V1', 'left', 'visual', '[2]', 'single', 8, 1, 0, 900, 200.0, 3, 1, NULL, NULL, NULL, NULL),
  ('c/v', 'u-control', 'held', 'held', 's1', NULL, NULL, 'lld12', NULL, NULL, NULL, NULL, 'original', 'visual_only',
   'response', 'bold', '{"response":"bold"}', 'V1', 'left', 'visual', '[2]', 'single', 8, 1, 0, 900, 200.0, 3, 1, NULL, NULL, NULL, NULL),
  ('c/j', 'u-control', 'held', 'held', 's1', NULL, NULL, 'lld12', NULL, NULL, NULL, NULL, 'original', 'joint',
   'response', 'bold', '{"response":"bold"}', 'V1', 'left', 'visual', '[2]', 'single', 8, 1, 0, 900, 200.0, 3, 1, NULL, NULL, NULL, NULL),
  ('c/s', 'u-control', 'held', 'held', 's1', NULL, NULL, 'lld12', NULL, NULL, NULL, NULL, 'original', 'zeroed_shared',
   'response', 'bold', '{"response":"bold"}', 'V1', 'left', 'visual', '[2]', 'single', 8, 1, 0, 900, 200.0, 3, 1, NULL, NULL, NULL, NULL),
  ('c/b', 'u-control', 'held', 'held', 's1', NULL, NULL, 'lld12', NULL, NULL, NULL, NULL, 'original', 'zeroed_banded',
   'response', 'bold', '{"response":"bold"}', 'V1', 'left', 'visual', '[2]', 'single', 8, 1, 0, 900, 200.0, 3, 1, NULL, NULL, NULL, NULL);
INSERT INTO fit VALUES
  ('u/a', 'u-control', 'held', 'held', 's1', NULL, NULL, 'lld12', NULL, NULL, NULL, NULL, 'original', 'none',
   'response', 'bold', '{"response":"bold"}', 'V2', 'left', 'visual', '[2]', 'single', 8, 1, 0, 900, 200.0, 3, 1, NULL, NULL, 'mfcc12', NULL);
INSERT INTO fit VALUES
  ('w/a', 'u-window', 'held', 'held', NULL, NULL, NULL, 'lld12', NULL, NULL, NULL, NULL, 'original', 'none',
   'synchrony', 'source', '{"synchrony":{"window_s":10}}', 'A1', 'left', 'auditory', '[0]', 'single', 1, 18, 0, 110, 48.0, 0, 0, NULL, NULL, NULL, NULL);
INSERT INTO recording_preparation VALUES
  (1, 'u-feature', 'held', 's1', NULL, NULL, 'held/s1/eeg', 'held/s1/eeg/prepared', '{"notch_hz":50}', 256.0, 128.0, 'decimated', 1691, 845, 2, 1, 1, 1, 1, 1, 0, 0.0);
INSERT INTO channel_quality VALUES
  (1, 'u-feature', 'held', 's1', NULL, NULL, 'held/s1/eeg', 0, 'Cz', 'eeg', 1, 0, '', 0, 0.00001, 0.5, 0.25, 0.75, 0.0, 0, 0.0),
  (2, 'u-feature', 'held', 's1', NULL, NULL, 'held/s1/eeg', 1, 'Pz', 'eeg', 1, 1, 'variance correlation', 1, 0.001, 9.5, 7.25, 0.125, 1.0, 0, 0.0);
INSERT INTO component_quality VALUES
  (1, 'u-feature', 'held', 's1', NULL, NULL, 'held/s1/eeg', 0, 1, 'eog', 0.5, 0.875, 6.5, 12.0, 0.25, 'Cz', -2.0);
INSERT INTO stem VALUES
  (1, 'u-feature', 'held', 'clip', 'voice', 'spleeter', 44100.0, 882000, 0.01, -20.0, 0.25, 0.125, 'held/clip/voice', 0.5, 1.25, 0.0, -0.5, 0.25, 18.5,
   'sound_offset'),
  (2, 'u-feature', 'held', 'clip', 'soundtrack', 'spleeter', 44100.0, 882000, 0.03, -15.25, 0.75, 0.0, 'held/clip/rest', NULL, 0.0, 0.0, 0.0, NULL, NULL, '');
INSERT INTO source_estimate VALUES
  (1, 'u-feature', 'held', 's1', 'held/clip/s1/eeg', 'head', 'dk68', 'sloreta', 'mean_flip', 'ad_hoc', NULL, 31, 32,
   '["GND"]', 33, 68, 0, 'held/clip/s1/eeg/source-1'),
  (2, 'u-old', 'held', 's1', 'held/clip/s1/eeg', 'head', 'dk68', 'mne', 'mean_flip', 'ad_hoc', NULL, 31, 32,
   '["GND"]', 33, 68, 0, 'held/clip/s1/eeg/source-2');
INSERT INTO region_resolution VALUES
  (1, 'u-feature', 'head', 'dk68', 'sloreta', 1.0, 'fixed', 'mean_flip', 32, 31, 'insula-lh', 240, 0.0625,
   'superiortemporal-lh', 0.25, 0.125, 1.0, 0.0, 12.5, 'inverse/head/1', 'inverse/head/1/resolution',
   'leak_outweighs_own', 0),
  (2, 'u-feature', 'head', 'dk68', 'sloreta', 1.0, 'fixed', 'mean_flip', 32, 31, 'cuneus-rh', 120, 0.5,
   NULL, NULL, 0.75, 1.0, 0.0, 8.0, 'inverse/head/1', 'inverse/head/1/resolution', '', 1);
INSERT INTO fold_score VALUES
  ('fit0', 0, '["clip"]', 90, 30, 10.0, 0, 0.25, 0.375, 0.05, 0.05, 1.0, 'h', 28.5, 1, 10.0),
  ('fit0', 1, '["clip"]', 90, 30, 100.0, 0, -0.125, NULL, -0.5, -0.5, 1.0, 'h', 28.5, 1, 10.0);
INSERT INTO fold_delay VALUES ('fit0', 1, 2.5);
INSERT INTO fold_penalty VALUES ('fit0', 1, 'lld12', 64.0, NULL), ('fit0', 1, 'vis12', 0.5, NULL), ('fit0', 0, 'lld12', 32.0, 0.75);
INSERT INTO score VALUES
  ('u/a', 'unique_r2', 0.0625, NULL, NULL, NULL, NULL, 'greater', NULL, NULL, NULL, 0, NULL, NULL, NULL, 4, 5, 1, '', 1),
  ('u/a', 'shared_r2', 0.125, NULL, NULL, NULL, NULL, 'greater', NULL, NULL, NULL, 0, NULL, NULL, NULL, 4, 5, 1, '', 1),
  ('u/a', 'total_r2', 0.25, NULL, NULL, NULL, NULL, 'greater', NULL, NULL, NULL, 0, NULL, NULL, NULL, 4, 5, 1, '', 1),
  ('fit0', 'r', 0.25, 0.1, 0.4, 'fold_corrected_t', 'time like this of these stimuli', 'greater', 0.05, 0.24, 10.0, 0, NULL, NULL, NULL, 4, 5, 1, '', 1),
  ('fit1', 'r', 0.5, 0.3, 0.6, 'fold_corrected_t', 'time like this of these stimuli', 'greater', 0.2, 0.49, 10.0, 1, NULL, NULL, NULL, 4, 5, 1, 'near_nonstationary', 1),
  ('fitL', 'r', 0.125, NULL, NULL, 'none', NULL, 'greater', 0.01, 0.1, 10.0, 0, NULL, NULL, NULL, 4, 5, 1, '', 1),
  ('fitO', 'r', 0.9, NULL, NULL, 'none', NULL, 'greater', 0.01, 0.1, 10.0, 0, NULL, NULL, NULL, 4, 5, 1, '', 1),
  ('w/a', 'r', 0.5, NULL, NULL, 'none', NULL, 'greater', 0.2, 0.49, 10.0, 0, NULL, NULL, NULL, 4, 5, 1, '', 1),
  ('c/a', 'r', 0.5, NULL, NULL, NULL, NULL, 'greater', NULL, NULL, NULL, 0, NULL, NULL, NULL, 4, 5, 1, 'confounded_null', 1),
  ('c/v', 'r', 0.625, NULL, NULL, NULL, NULL, 'greater', NULL, NULL, NULL, 0, NULL, NULL, NULL, 4, 5, 1, '', 1),
  ('c/j', 'r', 0.75, NULL, NULL, NULL, NULL, 'greater', NULL, NULL, NULL, 0, NULL, NULL, NULL, 4, 5, 1, '', 1),
  ('c/s', 'r', 0.25, NULL, NULL, NULL, NULL, 'greater', NULL, NULL, NULL, 0, NULL, NULL, NULL, 4, 5, 1, 'confounded_null', 1),
  ('c/b', 'r', 0.125, NULL, NULL, NULL, NULL, 'greater', NULL, NULL, NULL, 0, NULL, NULL, NULL, 4, 5, 1, 'lambda_at_edge', 1),
  ('c/b', 'unique_r2', 0.0625, NULL, NULL, NULL, NULL, 'greater', NULL, NULL, NULL, 0, NULL, NULL, NULL, 4, 5, 1, '', 1),
  ('c/b', 'audio_visual_r2', 0.375, NULL, NULL, NULL, NULL, 'greater', NULL, NULL, NULL, 0, NULL, NULL, NULL, 4, 5, 1, '', 1),
  ('c/b', 'leak_alarm', 0.0, NULL, NULL, NULL, NULL, 'greater', NULL, NULL, NULL, 0, NULL, NULL, NULL, 4, 5, 1, '', 1);
INSERT INTO null_summary VALUES
  ('fit0', 'r', 'phase', 1000, 0.03125, 0.1, 0.1875, 0.0625, 0.000999, 'greater', NULL, NULL),
  ('fit1', 'r', 'phase', 1000, 0.03125, 0.1, 0.1875, 0.001, 0.000999, 'greater', NULL, NULL),
  ('w/a', 'r', 'phase', 1000, 0.0, 0.125, 0.1875, 0.001, 0.000999, 'greater', NULL, NULL),
  ('c/a', 'r', 'phase', 1000, 0.0, 0.1, 0.1875, 0.5, 0.000999, 'greater', NULL, NULL),
  ('c/b', 'r', 'phase_residual', 1000, 0.0, 0.1, 0.1875, 0.25, 0.000999, 'greater', NULL, NULL),
  ('c/b', 'unique_r2', 'phase', 1000, 0.0, 0.1, 0.1875, 0.125, 0.000999, 'greater', NULL, NULL);
INSERT INTO family VALUES ('f1', 'u-compare', 'layer x target', 'r', 2, 1000, 0.002, '["max"]'),
  ('f3', 'u-control', 'region', 'unique_r2', 1, 1000, 0.002, '["max","bh"]');
INSERT INTO family_member VALUES ('f1', 'fit0', 'r', 0.0625, 0.09375, NULL), ('f1', 'fit1', 'r', 0.002, 0.004, NULL),
  ('f3', 'c/b', 'unique_r2', 0.125, 0.1875, NULL);
INSERT INTO family_cluster VALUES ('f3', 'c/b', 'unique_r2', 1, 2, 4.5, 1.645, 0.25);
INSERT INTO declared_family VALUES ('f3', 'region IS NOT NULL', 'cc');
INSERT INTO lag_score VALUES (1, 'u-fit0', 'fit0', 2.0, 0.25, 120, 4, 5, 1, 'phase', 1000, 0.03125, 0.0625, '', 1);
INSERT INTO lag_cluster VALUES ('fit0', 2.0, 1, 1, 2.5, 1.645, 0.125);
INSERT INTO lag_curve VALUES ('curve0', 'u-window', 'held', 'held', 's1', NULL, 'clip', NULL, 'felt', 'loud', NULL, NULL, 'original',
  'changes', 'changes', 0.5, 2.0, 0.5625, 'phase', 1000, 0.0625, 0.125, 4.0, 0.001, 0.000999, 'low_effective_n', 1);
INSERT INTO lag_point VALUES ('curve0', 0.0, NULL, 2), ('curve0', 2.0, 0.5, 100);
INSERT INTO consistency (consistency_key, unit_key, dataset, cohort, stimulus, run, kind_a, measure_a, parameters_a, kind_b, measure_b, parameters_b, region, r, low, high, interval_kind, r_plain, n, null_kind, null_draws, null_mean, null_sd, p, p_floor, p_max, family_size, stimuli_counted, generalises_to, flags, valid) VALUES ('agree0', 'u-window', 'held', 'held', 'clip', NULL, 'synchrony', 'source', '{}', 'annotation', 'felt', '{}',
  'A', 0.5, 0.25, 0.75, 'null_sd', 0.625, 120, 'phase', 1000, 0.0625, 0.125, 0.001, 0.000999, 0.002, 2, 1, 'this stimulus', '', 1);
INSERT INTO gradient VALUES (1, 'u-window', 'w/a', 'r', 'sweep', 'dk68', 'gradient1', 66, 2, 0.5, 'map_b', 'spin', 1000, 0.03125, -0.25,
  0.375, 0.0625, 0.000999, 0.125, 3, 'maps as smooth as these', NULL, 4, 5, 1, 'few_folds', 1);
INSERT INTO synchrony_gradient VALUES (1, 'u-window', 'held', 'held', 'source', '{"synchrony":{}}', 'mean_isc', 'alike', 'dk68', 'gradient1', 34, 0, -0.5,
  'map_a', 'spin', 1000, 0.03125, -0.25, 0.375, 0.03125, 0.000999, 0.0625, 1, 'maps as smooth as these', NULL, 2, 'drift_kept', 0);
INSERT INTO anova_effect VALUES (1, 'u-window', 'held', 'held', 'max_z', 'felt', 'feature_set', 3, '["a","b","c"]', 'subject', 37, 4,
  2.0, 6.0, 12.0, 2.0, 72.0, 0.75, 0.8125, 0.001, 0.002, 0.0015, 'group_phase', 1000, 0.03125, 0.000999, 0.25,
  'these subjects, these stimuli', NULL, '', 1);
INSERT INTO depth_effect VALUES (1, 'u-compare', 'fit0', 'model', 2, '["a","b"]', 12, 1, 1.0, 4.0, 2.75, 1.0, 11.0, 1.0, 1.0, 0.125,
  0.125, 0.125, 'group_phase', 1000, 0.25, 0.000999, 0.2, 'these subjects, these stimuli', NULL, 4, 5, '', 1);
INSERT INTO factor_share VALUES
  (1, 'u-window', 'held', 'held', 'tiny', 'tiny', 'hs.0', 7, 0.5, 'original', 'semantic', 'word', NULL, 0.5, 0.25, 0.125, 0.03125,
   2, 20, 24, 48, 'within_cells', 1000, 0.0625, 0.1875, 0.001, 0.000999, 0.002, 0.003, 'features of word', 12, '', 1),
  (2, 'u-window', 'held', 'held', 'tiny', 'tiny', 'hs.0', 7, 0.5, 'original', NULL, 'word:gain_db', NULL, 0.0625, 0.03125, NULL, NULL,
   2, 20, 24, 48, 'residuals', 1000, 0.0625, 0.1875, 0.5, 0.000999, 0.5, 0.75, 'features of word:gain_db', 12, '', 1);
INSERT INTO sweep_layer VALUES ('fit0', 'u-compare', 0, 0.25), ('fit1', 'u-compare', 1, 0.75);
INSERT INTO twin_contrast VALUES
  (1, 'u-compare', 'fit0', 'position', 'fit0', NULL, 0.25, 0.0, 0.25, 0.125, 0.375, 'fold_corrected_t', 'time like this of these stimuli', 0.25, 4, 5, 1, '', 1),
  (2, 'u-compare', 'fit0', 'permuted', 'fit1', NULL, 0.25, 0.5, -0.25, NULL, NULL, 'none', NULL, NULL, 3, 5, 1, 'few_folds', 0),
  (3, 'u-compare', 'fit1', 'permuted', 'fit0', NULL, 0.5, 0.25, 0.5, 0.25, 0.75, 'fold_corrected_t', 'time like this of these stimuli', 0.0078125, 4, 5, 1, '', 1),
  (4, 'u-compare', 'fit1', 'position', 'fit1', NULL, 0.5, 0.0, 0.75, 0.5, 1.0, 'fold_corrected_t', 'time like this of these stimuli', 0.015625, 4, 5, 1, '', 1),
  (5, 'u-compare', 'fit1', 'spectrum', 'fitL', NULL, 0.5, 0.125, 0.375, 0.25, 0.5, 'fold_corrected_t', 'time like this of these stimuli', 0.03125, 4, 5, 1, '', 1),
  (6, 'u-compare', 'fit1', 'spectrum', 'fitL', 3, 0.5, 0.125, 0.375, 0.25, 0.5, 'fold_corrected_t', 'time like this of these stimuli', 0.5, 4, 5, 1, '', 1);
INSERT INTO contrast VALUES (1, 'u-compare', 'fit0', 'middle_vs_final', NULL, 0.25, 0.5, -0.25, -0.5, 0.0,
  'fold_corrected_t', 'two-sided', 'fold', 4, 'corrected_t', NULL, NULL, NULL, NULL, 0.03125, NULL, 0.03125, NULL,
  'contrast middle_vs_final', 'time like this of these stimuli', NULL, 4, 5, 1, 'near_nonstationary', 1);
INSERT INTO element_contrast VALUES (1, 'u-compare', 'fit0', 'fit1', 'fitL', NULL, 0.625, 0.25, 0.5, 0.125, 0.5, -0.25, -0.5, 0.0,
  'fold_corrected_t', 'two-sided', 'fold', 4, 'corrected_t', 0.03125, 0.0625, 'contrast voice_minus_soundtrack',
  'time like this of these stimuli', NULL, -0.375, -0.75, -0.0625, 0.015625, 4, 0.25, 0.125, 0.0, 4, 5, 1, 'few_folds', 1);
INSERT INTO depth_bin VALUES
  (1, 'u-compare', 'fit0', 'fit0', NULL, 0.0, 0.5, 1, 0.25, 0.125, 0.375, 'fold_corrected_t', 'time like this of these stimuli', 4, 5, 1, '', 1),
  (2, 'u-compare', 'fit1', NULL, NULL, 0.5, 1.0, 2, 0.5, NULL, NULL, 'none', NULL, 3, 5, 1, 'near_nonstationary', 0);
INSERT INTO pooled_score VALUES (1, 'u-compare', 'fit0', 'r', '["held/held","held/old"]', 2, 3, NULL, 0.25, 0.125, 0.375, -0.5,
  0.75, 0.0625, 0.5, 0.25, 0.875, 'reml_cr2', 'shared_stimuli', 1.5, 0.03125, 0.0625,
  'meta-analysis of annotation targets', 1, 'cohorts like these', 'no effect of held/young', 4, 5, 3, 'near_nonstationary', 1);
INSERT INTO group_test VALUES (1, 'u-control', 'c/b', 'r', 15, 8, 0.125, 0.0625, 0.1875, 'subject_t', 'greater',
  'group_phase', 0.125, NULL, NULL, 'group_phase', 1000, 0.0, 0.0625, 0.015625, 0.000999, 0.03125, 0.0625, 'region', NULL, NULL,
  'these subjects, these stimuli', NULL, 5, 5, 8, '', 1);
INSERT INTO synchrony VALUES (1, 'u-isc', 'held', 'held', 'clip', 'A1', 'source', 'broad', 'pairwise', 10.0, 1.0, 'centre',
  '{"synchrony":{"window_s":10}}', 18, 18, 2, 0.25, 0.125, 0.3125, 0.1875, 0.4375, 'subject_jackknife', 'greater',
  'circular_shift', 1000, 0.0, 0.0625, 0.001, 0.001, 0.002, 0.003, 'region', 0.5, 0.1875, 0.25, NULL,
  'subjects, this stimulus', 0.0, 0.0625, 0.004, 0.005, 0.006, 120.0, 'few_subjects', 1);
INSERT INTO synchrony_memory VALUES (1, 'u-isc', 'clip', 'A1', 0.75);
INSERT INTO static_synchrony VALUES (1, 'u-isc', 'clip', 'A1', 17);
INSERT INTO synchrony_contrast VALUES (1, 'u-isc', 'held', 'held', 'young', 'old', 'source', 'broad', 'pairwise',
  '{"synchrony":{"window_s":10}}', 'A1', 'static_isc', 0.25, 0.125, 0.125, 0.0625, 0.1875, 'subject_jackknife', 'two-sided',
  'subject', 1, 'permuted_cohorts', 999, 0.0625, 0.001, 0.125, 0.25, 'region; quantity=static_isc', 12, 40, 3, 1, NULL, 'drift_kept', 0);
INSERT INTO cohort_contrast VALUES
  (1, 'u-compare', 'fit0', 'fit1', 'r', 0.25, 0.5, -0.25, -0.5, 0.0, 'paired_corrected_t_folds', 'two-sided', 'fold', 5, 5, 1,
   'paired_corrected_t', 4.0, 0.0625, 0.125, 'r of annotation targets', 12, 40, 0.5, 0.75, 0,
   'time like this of these stimuli', 'targets are means over 12 and 40 subjects', 5, 5, 1, 'few_folds', 0),
  (2, 'u-compare', 'fit0', 'fit1', 'r_normalised', 0.5, 0.625, -0.125, -0.25, 0.0, 'paired_corrected_t_folds', 'two-sided',
   'fold', 5, 5, 1, 'paired_corrected_t', 4.0, 0.03125, 0.0625, 'r_normalised of annotation targets', 12, 40, 0.5, 0.75, 1,
   'time like this of these stimuli', NULL, 5, 5, 1, '', 1);
INSERT INTO transfer VALUES (1, 'u-compare', 'fit0', 'fit1', 0.125, 0.0625, 0.1875, 'fold_corrected_t', 'greater', 0.03125,
  'time like this of these stimuli', NULL, 4, 5, 1, '', 1);
INSERT INTO calibration_rate (calibration_rate_id, unit_key, scope, fit_unit, fit_key, dataset, cohort, feature_set, model,
  layer_key, depth, rel_depth, element, covariate_mode, target_kind, target, target_parameters, quantity, scenario,
  planted_r, null_kind, null_draws, level, cell_count, runs, scored_share, rejected, rate, se, low, high, rejected_max,
  rate_max, se_max, low_max, high_max, valid_share, rejected_valid, rate_valid, mean_score, course_share, family,
  selection, seed)
VALUES
  (1, 'u-rates', 'cell', 'u-fit0', 'fit0', 'held', 'held', 'tiny', 'tiny', 'hs.0', 7, 0.5, 'original', 'none', 'annotation',
   'arousal', '{"annotation":"arousal"}', 'r', 'planted_nothing', 0.0, 'phase', 39, 0.05, 1, 200, 1.0, 8, 0.04, 0.0125,
   0.015625, 0.078125, 6, 0.03, 0.012, 0.0125, 0.0625, 0.5, 4, 0.04, -0.0625, NULL, 'layer x target',
   '1 of 2 fits', 1),
  (2, 'u-rates', 'cell', 'u-fit0', 'fit0', 'held', 'held', 'tiny', 'tiny', 'hs.0', 7, 0.5, 'original', 'none', 'annotation',
   'arousal', '{"annotation":"arousal"}', 'r', 'planted_r', 0.25, 'phase', 199, 0.05, 1, 200, 1.0, 150, 0.75, 0.03125,
   0.6875, 0.8125, NULL, NULL, NULL, NULL, NULL, 0.5, 75, 0.75, 0.25, NULL, 'layer x target', '1 of 2 fits', 1),
  (3, 'u-rates', 'family', 'u-fit0', NULL, 'held', 'held', 'tiny', 'tiny', 'hs.0', 7, 0.5, 'original', 'none', 'annotation',
   'arousal', '{"annotation":"arousal"}', 'r', 'planted_nothing', 0.0, 'phase', 39, 0.05, 1, 200, 1.0, 8, 0.04, 0.0125,
   0.015625, 0.078125, 6, 0.03, 0.012, 0.0125, 0.0625, 0.5, 4, 0.04, -0.0625, NULL, 'layer x target', '1 of 2 fits', 1);
