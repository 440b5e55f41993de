-- Does every series lie on its stimulus' clock, and how do we know?
-- column dataset: dataset
-- column stimulus: stimulus
-- column subject: subject, NULL for series that are nobody's
-- column series: recording, annotation or feature series
-- column declared_rate_hz: samples per second as declared
-- column implied_rate_hz: samples per second from time stamps or lengths
-- column offset_s: series time of stimulus second 0
-- column onset_source: cut, event, option, assumed or stamps
-- column drift_ppm: implied against declared rate, parts per million
-- column best_lag_s: lag of the largest cross-correlation in seconds
-- column verdict: ok, assumed, short, rate or drift
SELECT dataset, stimulus, subject, series, declared_rate_hz, implied_rate_hz, offset_s, onset_source, drift_ppm,
  best_lag_s, verdict
FROM alignment
