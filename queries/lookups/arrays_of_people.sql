-- Those of the named arrays, of all where none are named, that hold what was measured or computed of a person alone.
-- parameter names: text or NULL
SELECT a.name FROM stored_array a
WHERE (:names IS NULL OR a.name IN (SELECT value FROM json_each(:names)))
  AND (a.subject IS NOT NULL OR a.rater IS NOT NULL OR a.kind = 'recording'
    OR EXISTS (SELECT 1 FROM array_axis x WHERE x.array_id = a.array_id AND x.name = 'subject')
    OR EXISTS (
      SELECT 1 FROM activity v
      JOIN fit f ON f.unit_key = v.activity_key AND (f.subject IS NOT NULL OR f.rater IS NOT NULL)
      WHERE v.activity_id = a.activity_id))
ORDER BY a.name
