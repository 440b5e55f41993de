import StudyFiles

struct ArchitectureComparisonKind: RegisteredKind {
  let kind = StudyKind(
    "architecture_comparison", summary: "layer curves of several models on relative depth", own: .free)
}
