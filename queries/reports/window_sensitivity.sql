-- How much does the score of synchrony depend on its window and step? Of rows that may be reported; windows are all settings of the cell, r_range is their largest r less their smallest.
-- column study: text never NULL
-- column windows: integer never NULL
-- column left_out: integer never NULL
-- column r_range: real
-- column mean_isc: real
-- column r_over_null_sd: real
-- column flags: text
WITH cell AS (
  SELECT t.*, sum(t.valid) OVER w AS windows, count(*) OVER w - sum(t.valid) OVER w AS left_out,
    max(CASE WHEN t.valid = 1 THEN t.r END) OVER w - min(CASE WHEN t.valid = 1 THEN t.r END) OVER w AS r_range
  FROM temporal_resolution t
  WINDOW w AS (PARTITION BY t.study, t.dataset, t.cohort, t.subject, t.session, t.rater, t.feature_set, t.model,
    t.layer_key, t.element, t.covariate_mode, t.target, t.region, t.signal, t.band, t.method, t.anchor)
)
SELECT study, dataset, cohort, subject, session, rater, feature_set, model, layer_key, element, covariate_mode, target,
  region, signal, band, method, anchor, window_s, step_s, mean_isc, r, r_over_null_sd, low, high, p, q_bh, windows,
  left_out, r_range, flags, unit_key
FROM cell
WHERE valid = 1
ORDER BY study, dataset, cohort, target, signal, band, method, anchor, region, element, feature_set, model, layer_key,
  covariate_mode, subject, session, rater, window_s, step_s
