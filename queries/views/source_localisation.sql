-- Which recordings were localised, with which channels, and what was left out?
-- tier: result
-- assumption: units of superseded runs are left out
-- column dataset: dataset
-- column subject: subject
-- column recording: array that was localised
-- column leadfield: forward model
-- column atlas: set of the regions
-- column inverse: mne, dspm, sloreta or eloreta
-- column label: how a region's sources became one series
-- column noise: ad_hoc or baseline
-- column noise_shrinkage: Ledoit-Wolf share of the baseline's covariance, NULL for ad_hoc
-- column rank: independent channels the inverse used
-- column channel_count: channels used
-- column channels_left_out: JSON array: channels without a sensor in the forward model, or bad
-- column sensors_unused: sensors of the forward model without a channel
-- column region_count: regions
-- column missing_count: samples without a value, because a channel had none
-- column array: name of the region series
-- column unit_key: unit that localised; evoke why tells what it descends from
SELECT s.dataset, s.subject, s.recording, s.leadfield, s.atlas, s.inverse, s.label, s.noise, s.noise_shrinkage, s.rank,
  s.channel_count, s.channels_left_out, s.sensors_unused, s.region_count, s.missing_count, s.array, s.unit_key
FROM source_estimate s
WHERE s.unit_key IN (SELECT unit_key FROM current_unit)
ORDER BY s.dataset, s.subject, s.recording, s.array, s.unit_key, s.source_estimate_id
