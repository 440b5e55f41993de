-- Where units stand; those never registered are absent.
-- parameter keys: text
SELECT unit_key, state, message, result_sha256
FROM unit
WHERE unit_key IN (SELECT value FROM json_each(:keys))
ORDER BY unit_key
