-- How good are the channels of each recording, which of them are bad, why, and what was done?
-- tier: result
-- assumption: one row per prepared recording, preparation and channel; without `preparation: {eeg: ...}` there are none
-- column dataset: dataset
-- column subject: subject
-- column session: session
-- column run: run
-- column recording: name of the array that was prepared
-- column channel: label in the recording
-- column type: eeg, eog, ecg, emg or other; only eeg channels are in the prepared array
-- column is_bad: 1: not used as it is
-- column reasons: imported, named, missing, flat, variance, correlation
-- column is_interpolated: 1: replaced by spherical splines of the good channels; a bad channel that is not is missing
-- column sd_uv (real): standard deviation within the band, microvolts (of a recording in volts)
-- column deviation_z: robust z over channels of the log variance; bad beyond 5
-- column noise_z: robust z over channels of the log power above the band relative to that within it
-- column correlation: median over seconds of the 98th percentile of |r| with the other channels
-- column disagreeing_share: share of seconds in which that is below 0.4; bad above 0.05
-- column flat_s: longest stretch within 0.1 microvolt, seconds; bad from 5 on
-- column missing_share: share of samples missing; bad above 0.1
-- column has_position: 1: the name has a position in the 10-05 system
-- column recording_rank (integer): rank of the prepared recording
-- column bad_count: bad channels of the recording
-- column removed_component_count: independent components removed
-- column prepared_rate_hz: samples per second after preparation
-- column prepared: name of the prepared array
-- column parameters: JSON, preparation.eeg with every default
-- column unit_key: unit that prepared; evoke why tells what it descends from
SELECT q.dataset, q.subject, q.session, q.run, q.recording, q.channel, q.type, q.is_bad, q.reasons, q.is_interpolated,
  1e6 * q.sd_v AS sd_uv, q.deviation_z, q.noise_z, q.correlation, q.disagreeing_share, q.flat_s, q.missing_share,
  q.has_position,
  CASE WHEN p.rank <= p.numerical_rank THEN p.rank WHEN p.rank > p.numerical_rank THEN p.numerical_rank END
    AS recording_rank, p.bad_count, p.removed_component_count,
  p.prepared_rate_hz, p.array AS prepared, p.parameters, q.unit_key
FROM channel_quality q JOIN recording_preparation p USING (unit_key)
ORDER BY q.dataset, q.subject, q.session, q.run, q.recording, q.unit_key, q.position, q.channel_quality_id
