-- Takes out the queries of cohorts that name a subject, whose members stay. A mere number is the name of one behind the words
-- that speak of names or people, or before them with a comparison between, and no other number is.
-- parameter name: text
-- parameter escaped: text
UPDATE cohort
SET subject_sql = CASE
    WHEN :name GLOB '*[^0-9]*' THEN
      CASE WHEN instr(coalesce(subject_sql, ''), :escaped) = 0
        AND (length(:name) < 3 OR instr(coalesce(subject_sql, ''), :name) = 0) THEN subject_sql END
    WHEN NOT EXISTS (
      SELECT 1 FROM json_each('["[=<>]", "[^0-9a-z_.]*[=<>]", "[^0-9a-z_.]*in[ (]", "[^0-9a-z_.]*is ", "[^0-9a-z_.]*like "]') c
      WHERE lower(' ' || subject_sql || ' ') GLOB '*name*[^0-9a-z_.]' || :name || '[^0-9a-z_.]*'
        OR lower(' ' || subject_sql || ' ') GLOB '*[^0-9a-z_.]' || :name || c.value || '*name*') THEN subject_sql END,
  stimulus_sql = CASE
    WHEN :name GLOB '*[^0-9]*' THEN
      CASE WHEN instr(coalesce(stimulus_sql, ''), :escaped) = 0
        AND (length(:name) < 3 OR instr(coalesce(stimulus_sql, ''), :name) = 0) THEN stimulus_sql END
    WHEN NOT EXISTS (
      SELECT 1 FROM json_each('["[=<>]", "[^0-9a-z_.]*[=<>]", "[^0-9a-z_.]*in[ (]", "[^0-9a-z_.]*is ", "[^0-9a-z_.]*like "]') c,
        json_each('["subject", "rater"]') w
      WHERE lower(' ' || stimulus_sql || ' ') GLOB '*' || w.value || '*[^0-9a-z_.]' || :name || '[^0-9a-z_.]*'
        OR lower(' ' || stimulus_sql || ' ') GLOB '*[^0-9a-z_.]' || :name || c.value || '*' || w.value || '*')
      THEN stimulus_sql END
WHERE subject_sql IS NOT NULL OR stimulus_sql IS NOT NULL
