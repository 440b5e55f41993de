import StudyFiles

struct CohortComparisonKind: RegisteredKind {
  let kind = StudyKind(
    "cohort_comparison", summary: "the same study in two or more groups", own: .free)
}
