import StudyFiles

struct ElementAblationKind: RegisteredKind {
  let kind = StudyKind(
    "element_ablation", summary: "voice against soundtrack against the original sound", own: .free)
}
