-- Takes out the queries of cohorts that name a subject, whose members stay.
-- parameter name: text
-- parameter escaped: text
UPDATE cohort
SET subject_sql = CASE WHEN instr(coalesce(subject_sql, ''), :escaped) = 0
    AND (length(:name) < 3 OR instr(coalesce(subject_sql, ''), :name) = 0) THEN subject_sql END,
  stimulus_sql = CASE WHEN instr(coalesce(stimulus_sql, ''), :escaped) = 0
    AND (length(:name) < 3 OR instr(coalesce(stimulus_sql, ''), :name) = 0) THEN stimulus_sql END
WHERE subject_sql IS NOT NULL OR stimulus_sql IS NOT NULL
