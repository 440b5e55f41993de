-- Where a unit came out otherwise when it was computed again.
-- parameter unit: text
SELECT divergence_id, array, first_sha256, second_sha256 FROM divergence WHERE unit_key = :unit ORDER BY divergence_id
