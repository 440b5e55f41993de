-- Why two cohorts are compared although they are not comparable, in whichever order it was recorded.
-- parameter study_a: text
-- parameter cohort_a: text
-- parameter study_b: text
-- parameter cohort_b: text
SELECT reason
FROM comparison_waiver
WHERE (study_a = :study_a AND cohort_a = :cohort_a AND study_b = :study_b AND cohort_b = :cohort_b)
  OR (study_a = :study_b AND cohort_a = :cohort_b AND study_b = :study_a AND cohort_b = :cohort_a)
ORDER BY comparison_waiver_id
