-- Which results were frozen under which label, and are they what the query returns now?
-- assumption: stale as soon as a table that it reads is written to, whether or not its rows differ; evoke verify --level 4 asks again, and the same --materialize again clears it where the rows are equal
-- column label: label
-- column view: published view or report that was asked, NULL for a statement of the user's own
-- column sql: the statement
-- column parameters: JSON: values of the statement's parameters
-- column row_count: rows
-- column sha256: of the columns and rows
-- column made_at: UTC, ISO 8601
-- column is_stale (integer): 1: a table that it reads was written to, or a view has another statement
-- column reason (text): the tables and views, NULL where it is not stale
SELECT m.label, m.view, m.sql, m.parameters, m.row_count, m.sha256, m.made_at,
  CASE WHEN t.names IS NULL AND v.names IS NULL THEN 0 ELSE 1 END AS is_stale,
  CASE WHEN t.names IS NULL THEN v.names WHEN v.names IS NULL THEN t.names ELSE v.names || '; ' || t.names END AS reason
FROM materialization m
LEFT JOIN (
  SELECT materialization_id, 'written to since: ' || group_concat(object, ', ') AS names
  FROM (SELECT materialization_id, object FROM materialized_table WHERE is_written = 1 ORDER BY object) AS written
  GROUP BY materialization_id
) AS t ON t.materialization_id = m.materialization_id
LEFT JOIN (
  SELECT materialization_id, 'another statement: ' || group_concat(object, ', ') AS names
  FROM (SELECT materialization_id, object FROM materialized_view WHERE is_changed = 1 ORDER BY object) AS changed
  GROUP BY materialization_id
) AS v ON v.materialization_id = m.materialization_id
ORDER BY m.label
