import StudyFiles

struct ControlledSynthesisKind: RegisteredKind {
  let kind = StudyKind(
    "controlled_synthesis", summary: "features of stimuli made from a design of factors", own: .free,
    standards: ["targets": .optional])
}
