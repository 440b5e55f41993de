-- In which seconds of the film were viewers most alike while it was loud, and does their synchrony follow arousal?
WITH synchrony AS (
  SELECT a.time_s, a.region, a.value, percent_rank() OVER (PARTITION BY a.region ORDER BY a.value) AS rank
  FROM array_catalog c, array(c.name) a WHERE c.kind = 'synchrony' AND c.dataset = 'film'
), sound AS (
  SELECT time_s, value, percent_rank() OVER (ORDER BY value) AS rank
  FROM array('film/bbb_120s_480p/original/lld12@1') WHERE feature = 'loudness'
), rating AS (
  SELECT a.time_s, avg(a.value) AS value FROM array_catalog c, array(c.name) a
  WHERE c.kind = 'annotation' AND c.name LIKE 'film/%/arousal/%' GROUP BY a.time_s
)
SELECT s.region, count(*) AS windows, round(corr(s.value, r.value), 3) AS r_arousal,
  round(corr(s.value, f.value), 3) AS r_loudness,
  group_concat(CASE WHEN s.rank >= 0.9 AND f.rank >= 0.5 THEN f.time_s END) AS synchronous_and_loud_s
FROM synchrony s
  JOIN sound f ON f.time_s = CAST(s.time_s AS INTEGER)
  JOIN rating r ON r.time_s = f.time_s
GROUP BY s.region;
