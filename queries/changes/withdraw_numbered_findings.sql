-- Findings of an import that speak of a subject or rater whose name is a mere number.
-- parameter number: text
-- parameter import: integer
DELETE FROM diagnostic
WHERE activity_id = :import
  AND EXISTS (
    SELECT 1 FROM json_each('["subject ", "subject=", "rater ", "rater=", "sub-"]') w
    WHERE object || ' ' GLOB '*' || w.value || :number || '[^0-9]*'
      OR reason || ' ' GLOB '*' || w.value || :number || '[^0-9]*')
