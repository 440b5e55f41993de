-- Which numbers stand in the publication, and are they what their queries return now?
-- assumption: stale as a frozen result is (view materialized); evoke cite --check asks again
-- column label: label in the document
-- column text: as printed
-- column value: number, NULL for a text
-- column format: printf format of the number, NULL for as it stands
-- column sql: the query; the number is the first column of its one row
-- column parameters: JSON: values of the query's parameters
-- column sha256: of the row
-- column units (text): keys of the units behind it, with commas between them, NULL for what was imported
-- column made_at: UTC, ISO 8601
-- column is_stale (integer): 1: a table that it reads was written to, or a view has another statement
-- column reason (text): the tables and views, NULL where it is not stale
SELECT n.label, n.text, n.value, c.format, m.sql, m.parameters, m.sha256,
  (SELECT group_concat(u.unit_key, ',')
   FROM (SELECT unit_key FROM cited_unit WHERE citation_id = c.citation_id ORDER BY unit_key) u) AS units,
  m.made_at, m.is_stale, m.reason
FROM paper_number n
JOIN citation c ON c.paper_number_id = n.paper_number_id
JOIN materialization f ON f.materialization_id = c.materialization_id
JOIN materialized m ON m.label = f.label
ORDER BY n.label
