-- Sessions nothing speaks of any more.
DELETE FROM session WHERE NOT EXISTS (SELECT 1 FROM recording r WHERE r.session_id = session.session_id)
  AND NOT EXISTS (SELECT 1 FROM annotation_series s WHERE s.session_id = session.session_id)
