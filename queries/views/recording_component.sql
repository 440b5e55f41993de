-- Which independent components were found in each recording, and which were removed and why?
-- tier: result
-- assumption: components are numbered by the variance they bring into the channels, largest first
-- column dataset: dataset
-- column subject: subject
-- column session: session
-- column run: run
-- column recording: name of the array that was prepared
-- column component: from 0
-- column is_removed: 1: removed
-- column reasons: eog, kurtosis, focal, muscle, imported
-- column variance_share: share of the channels' variance
-- column eog_r: correlation, largest in size, with a channel that shows the eyes
-- column eog_z: its z over components
-- column kurtosis: excess kurtosis of the time course
-- column focality: share of the squared weights in one channel
-- column peak_channel: that channel
-- column slope: slope of log power over log frequency from 7 Hz on; muscle does not fall
-- column converged: 1: the search converged
-- column unit_key: unit that prepared; evoke why tells what it descends from
SELECT c.dataset, c.subject, c.session, c.run, c.recording, c.component, c.is_removed, c.reasons, c.variance_share,
  c.eog_r, c.eog_z, c.kurtosis, c.focality, c.peak_channel, c.slope, p.components_converged AS converged, c.unit_key
FROM component_quality c JOIN recording_preparation p USING (unit_key)
ORDER BY c.dataset, c.subject, c.session, c.run, c.recording, c.unit_key, c.component, c.component_quality_id
