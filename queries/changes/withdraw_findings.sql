-- Findings of an import that speak of a subject.
-- parameter subject: text
-- parameter import: integer
DELETE FROM diagnostic WHERE activity_id = :import AND (instr(object, :subject) > 0 OR instr(reason, :subject) > 0)
