-- How far can source localisation tell regions apart: how much of each region's signal is its own, what leaks in?
-- tier: result
-- assumption: units of superseded runs are left out
-- assumption: every source of a region is active alike along the cortex' normal; noise equal in all channels
-- assumption: at most 4,096 sources, spread evenly, are followed for source_hit_share and the errors in mm
-- column leadfield: forward model
-- column atlas: set of the regions
-- column inverse: mne, dspm, sloreta or eloreta
-- column snr: assumed amplitude ratio of signal to noise
-- column orientation: fixed, loose or free
-- column label: how a region's sources became one series
-- column channel_count: channels used
-- column rank: independent channels; regions beyond it are mixtures of others
-- column region: region
-- column hemisphere (text): left, right or NULL
-- column source_count: sources in the region
-- column own_share: share of the power of the region's series that is its own when all regions are active alike
-- column leaks_most_from: region that brings most of the rest
-- column leak_share: its share of the power
-- column region_hit_share: share of the region's sources, active alone, for which its own series is the largest
-- column source_hit_share: share of the region's sources, active alone, whose largest estimate lies in the region
-- column point_spread_error_mm: mean distance from a source to its largest estimate, mm
-- column cross_talk_error_mm: mean distance from a source to the one its estimate is most sensitive to, mm
-- column kernel: name of the array regions x channels
-- column leakage: name of the array regions x regions: what a region shows of another, over what that shows of itself
-- column valid: 0: not to be reported
-- column flags: space-separated warnings; evoke explain FLAG tells what each means and what helps
-- column origin (text): computed
-- column unit_key: unit that made it; evoke why tells what it descends from
SELECT s.leadfield, s.atlas, s.inverse, s.snr, s.orientation, s.label, s.channel_count, s.rank, s.region,
  CASE WHEN s.region LIKE '%-lh' THEN 'left' WHEN s.region LIKE '%-rh' THEN 'right' END AS hemisphere, s.source_count,
  s.own_share, s.leaks_most_from, s.leak_share, s.region_hit_share, s.source_hit_share, s.point_spread_error_mm,
  s.cross_talk_error_mm, s.kernel, s.leakage, s.valid, s.flags, 'computed' AS origin, s.unit_key
FROM region_resolution s
WHERE s.unit_key IN (SELECT unit_key FROM current_unit)
ORDER BY s.leadfield, s.inverse, s.kernel, s.region_resolution_id
