-- Is each sound what listeners heard: do its channels cancel, is it clipped, offset, silent, does it end with its picture?
-- assumption: what was separated here is told of its two channels at 44.1 kHz, everything else of the imported file
-- column dataset: dataset
-- column stimulus: stimulus
-- column element: original, voice or soundtrack
-- column channel_correlation: Pearson correlation of the first two channels; NULL for mono or a constant channel
-- column mono_loss_db: dB lost by mixing down, level of the channels less that of their mean; 0 for equal channels, 3 for unrelated ones
-- column clipped_share: share of samples at full scale
-- column dc: mean of the channel whose mean is farthest from 0, full scale 1
-- column silent_share: share of seconds below -60 dBFS
-- column first_sound_s: start of the first hundredth of a second at -60 dBFS or more, seconds of the stimulus
-- column last_sound_s: end of the last such hundredth, seconds of the stimulus
-- column sound_minus_picture_start_s (real): start of the sound less that of the picture, container clock; NULL without a picture
-- column sound_minus_picture_end_s (real): end of the sound less that of the picture as declared; NULL without a picture or its length
-- column other_streams (text): JSON array of the audio streams that were not taken: index, codec, language, channels, rate_hz
-- column channels (integer): channels of the file
-- column separation (text): model that separated it, imported, or NULL for the original
-- column remarkable: space-separated flags, empty for a sound without reproach; evoke explain FLAG tells what each means
-- column unit_key (text): unit that separated the sound, NULL for an imported one
WITH
picture AS (
  SELECT v.stimulus_id, s.audio_start_offset_s - v.start_s AS start_difference,
    s.audio_start_offset_s + s.duration_s - v.start_s - v.duration_s AS end_difference
  FROM stream v JOIN stimulus s USING (stimulus_id)
  WHERE v.kind = 'video' AND v.is_chosen = 1
),
other AS (
  -- Written as text: SQLite 3.38 to 3.40 hold their JSON functions for unsafe in views where schemas are not trusted.
  SELECT stimulus_id, '[' || group_concat('{"index":' || position || ',"codec":' || coalesce(codec, 'null')
    || ',"language":' || coalesce(language, 'null') || ',"channels":' || coalesce(channels, 'null')
    || ',"rate_hz":' || coalesce(rate_hz, 'null') || '}') || ']' AS streams
  FROM (
    SELECT stimulus_id, position, '"' || replace(replace(codec, '\', '\\'), '"', '\"') || '"' AS codec,
      '"' || replace(replace(language, '\', '\\'), '"', '\"') || '"' AS language, channels, rate_hz
    FROM stream
    WHERE kind = 'audio' AND is_chosen = 0
    ORDER BY stimulus_id, position) s
  GROUP BY stimulus_id
)
SELECT d.name AS dataset, s.name AS stimulus, p.element, p.channel_correlation, p.mono_loss_db, p.clipped_share, p.dc,
  p.silent_share, p.first_sound_s, p.last_sound_s,
  CASE WHEN p.element = 'original' THEN v.start_difference END AS sound_minus_picture_start_s,
  CASE WHEN p.element = 'original' THEN v.end_difference END AS sound_minus_picture_end_s,
  CASE WHEN p.element = 'original' THEN coalesce(o.streams, '[]') END AS other_streams, p.channels,
  CASE WHEN p.element <> 'original' THEN 'imported' END AS separation,
  p.remarkable, NULL AS unit_key
FROM sound p JOIN stimulus s USING (stimulus_id) JOIN dataset d USING (dataset_id)
  LEFT JOIN picture v ON v.stimulus_id = p.stimulus_id
  LEFT JOIN other o ON o.stimulus_id = p.stimulus_id
UNION ALL
SELECT t.dataset, t.stimulus, t.element, t.channel_correlation, t.mono_loss_db, t.clipped_share, t.dc,
  t.silent_fraction, t.first_sound_s, t.last_sound_s, NULL, NULL, NULL, 2, t.separation, t.remarkable, t.unit_key
FROM stem t
ORDER BY dataset, stimulus, element, separation, unit_key
