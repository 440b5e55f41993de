-- The migrations the catalog has been through, in order.
SELECT name, sha256 FROM migration ORDER BY name
