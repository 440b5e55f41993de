import StudyFiles

struct TemporalResolutionKind: RegisteredKind {
  let kind = StudyKind(
    "temporal_resolution", summary: "scores against the window and step of synchrony",
    own: .map([
      GrammarKey("windows_s", .list(.number(.positive), 1...10_000), .value([3, 5, 10, 15]), "Windows of synchrony."),
      GrammarKey("steps_s", .list(.number(.positive), 1...10_000), .value([1, 2, 5]), "Steps of synchrony."),
    ]))
}
