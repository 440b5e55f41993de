-- The columns of a table or view, in their order.
-- parameter object: text
-- column column: text never NULL
-- column type: text never NULL
-- column is_key: integer never NULL
-- column description: text never NULL
SELECT i.name AS column, CASE WHEN i.type = '' THEN coalesce(upper(d.type), '') ELSE i.type END AS type,
  CASE WHEN i.pk > 0 THEN 1 ELSE 0 END AS is_key, coalesce(d.description, '') AS description
FROM pragma_table_info(:object) i
LEFT JOIN schema_doc d ON d.object = :object AND d.column_name = i.name
ORDER BY i.cid
