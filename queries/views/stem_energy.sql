-- How much of a stimulus' sound is voice, how much soundtrack, and how much of each is silence?
-- tier: result
-- assumption: levels are over two channels of every element: mono is doubled, surround sound mixed as for separation
-- column dataset: dataset
-- column stimulus: stimulus
-- column element: original, voice or soundtrack
-- column rms_dbfs: root mean square, dB re full scale
-- column energy_share (real): share of the energy of voice plus soundtrack, each over its own length; NULL for the original and while a stem is missing
-- column silent_fraction (real): share of seconds below -60 dBFS; NULL for the original
-- column separation (text): model that separated, imported, or NULL for the original
-- column residual_db (real): original minus both imported stems below 10 kHz, dB re the original, over the seconds that all three have (residual_s)
-- column residual_s (real): seconds that both imported stems and the original have, from 0; what a stem lacks is in no residual
-- column unit_key (text): unit that separated; evoke why tells what it descends from
SELECT d.name AS dataset, s.name AS stimulus, e.name AS element, p.stereo_dbfs AS rms_dbfs, NULL AS energy_share,
  NULL AS silent_fraction, NULL AS separation, NULL AS residual_db,
  NULL AS residual_s, NULL AS unit_key
FROM element e JOIN stimulus s USING (stimulus_id) JOIN dataset d USING (dataset_id)
  LEFT JOIN sound p ON p.stimulus_id = e.stimulus_id AND p.element = e.name
WHERE e.name = 'original'
UNION ALL
SELECT d.name, s.name, t.element, t.rms_dbfs,
  CASE WHEN t.mean_square + o.mean_square > 0 THEN
    t.mean_square * t.sample_count / t.rate_hz
      / (t.mean_square * t.sample_count / t.rate_hz + o.mean_square * o.sample_count / o.rate_hz) END,
  t.silent_fraction, 'imported', coalesce(t.residual_db, o.residual_db),
  CASE
    WHEN coalesce(t.residual_db, o.residual_db) IS NULL THEN NULL
    WHEN t.sample_count / t.rate_hz <= o.sample_count / o.rate_hz AND t.sample_count / t.rate_hz <= s.duration_s
      THEN t.sample_count / t.rate_hz
    WHEN o.sample_count / o.rate_hz <= t.sample_count / t.rate_hz AND o.sample_count / o.rate_hz <= s.duration_s
      THEN o.sample_count / o.rate_hz
    WHEN s.duration_s <= t.sample_count / t.rate_hz AND s.duration_s <= o.sample_count / o.rate_hz THEN s.duration_s END,
  NULL
FROM stem_file t JOIN stimulus s USING (stimulus_id) JOIN dataset d USING (dataset_id)
  LEFT JOIN stem_file o ON o.stimulus_id = t.stimulus_id AND o.element <> t.element
UNION ALL
SELECT t.dataset, t.stimulus, t.element, t.rms_dbfs, t.energy_share, t.silent_fraction, t.separation, NULL, NULL, t.unit_key
FROM stem t
ORDER BY dataset, stimulus, element, separation, unit_key
