-- Takes out the queries of cohorts that name a subject, whose members stay. A mere number is the name of one behind the words
-- that speak of names or people, and no other number is.
-- parameter name: text
-- parameter escaped: text
UPDATE cohort
SET subject_sql = CASE
    WHEN :name GLOB '*[^0-9]*' THEN
      CASE WHEN instr(coalesce(subject_sql, ''), :escaped) = 0
        AND (length(:name) < 3 OR instr(coalesce(subject_sql, ''), :name) = 0) THEN subject_sql END
    WHEN lower(' ' || subject_sql || ' ') NOT GLOB '*name*[^0-9a-z_.]' || :name || '[^0-9a-z_.]*' THEN subject_sql END,
  stimulus_sql = CASE
    WHEN :name GLOB '*[^0-9]*' THEN
      CASE WHEN instr(coalesce(stimulus_sql, ''), :escaped) = 0
        AND (length(:name) < 3 OR instr(coalesce(stimulus_sql, ''), :name) = 0) THEN stimulus_sql END
    WHEN lower(' ' || stimulus_sql || ' ') NOT GLOB '*subject*[^0-9a-z_.]' || :name || '[^0-9a-z_.]*'
      AND lower(' ' || stimulus_sql || ' ') NOT GLOB '*rater*[^0-9a-z_.]' || :name || '[^0-9a-z_.]*' THEN stimulus_sql END
WHERE subject_sql IS NOT NULL OR stimulus_sql IS NOT NULL
